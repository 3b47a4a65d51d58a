import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ReadResult } from '../../../wechatpay/api/reads';
import type { CardTemplateRecord } from '../../../wechatpay/records/records';
import { Access } from '../../access/access';
import { mutate } from '../../execution/mutate';
import { toUpstream } from '../../inputs/to-upstream';
import { writeCost } from '../../cost/field-costs';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import {
  CreateCardTemplateInput,
  InvalidateCardTemplateInput,
  UpdateCardTemplateInput,
} from './card-template.input';
import {
  CreateCardTemplatePayload,
  InvalidateCardTemplatePayload,
  UpdateCardTemplatePayload,
} from './card-template.payload';
import { toCardTemplate } from './card-template.type';

/** The writes of a template. */
@Resolver()
export class CardTemplateMutations {
  @Access('write')
  @Upstream(['CREATE_CARD_TEMPLATE'], writeCost('CREATE_CARD_TEMPLATE'))
  @Mutation(() => CreateCardTemplatePayload, {
    description: 'Creates a template. WeChat Pay allows two of a type in a brand, and cardType NORMAL only.',
  })
  createCardTemplate(
    @Arg('input', () => CreateCardTemplateInput) input: CreateCardTemplateInput,
    @Ctx() context: Context,
  ): Promise<CreateCardTemplatePayload> {
    const { members, writeScope, randomId } = context;
    const outRequestNo = input.outRequestNo ?? `${input.brandId}-${randomId()}`;
    return write({ input, context }, () =>
      members.createCardTemplate(toUpstream({ ...input, outRequestNo }), writeScope),
    );
  }

  @Access('write')
  @Upstream(['UPDATE_CARD_TEMPLATE'], writeCost('UPDATE_CARD_TEMPLATE'))
  @Mutation(() => UpdateCardTemplatePayload, {
    description:
      'Changes what is given; what is absent stays. The type of the validity cannot change, nor can what only createCardTemplate takes.',
  })
  updateCardTemplate(
    @Arg('input', () => UpdateCardTemplateInput) input: UpdateCardTemplateInput,
    @Ctx() context: Context,
  ): Promise<UpdateCardTemplatePayload> {
    const { members, writeScope } = context;
    return write({ input, context }, () => members.updateCardTemplate(toUpstream(input), writeScope));
  }

  @Access('write')
  @Upstream(['INVALIDATE_CARD_TEMPLATE'], writeCost('INVALIDATE_CARD_TEMPLATE'))
  @Mutation(() => InvalidateCardTemplatePayload, {
    description: 'Ends a template for good: no channel can offer the card afterwards.',
  })
  invalidateCardTemplate(
    @Arg('input', () => InvalidateCardTemplateInput) input: InvalidateCardTemplateInput,
    @Ctx() context: Context,
  ): Promise<InvalidateCardTemplatePayload> {
    const { members, writeScope } = context;
    const { brandId, cardId } = input;
    return write({ input, context }, () => members.invalidateCardTemplate({ brandId, cardId }, writeScope));
  }
}

const write = async (
  of: { readonly input: { readonly brandId: string }; readonly context: Context },
  perform: () => Promise<ReadResult<CardTemplateRecord>>,
) => {
  const { result: cardTemplate, userErrors } = await mutate(of, perform, toCardTemplate);
  return { cardTemplate, userErrors };
};
