import { Arg, Ctx, Resolver } from 'type-graphql';
import type { Context } from '../../execution/context';
import { mutate, numbered } from '../../execution/mutate';
import { WriteMutation } from '../write-mutation';
import {
  CreateCardTemplateInput,
  InvalidateCardTemplateInput,
  UpdateCardTemplateInput,
} from './card-template.input';
import { CardTemplate, toCardTemplate } from './card-template.type';

const cardTemplate = { field: 'cardTemplate', type: () => CardTemplate, show: toCardTemplate } as const;

/** The writes of a template. */
@Resolver()
export class CardTemplateMutations {
  @WriteMutation(cardTemplate, {
    upstream: 'CREATE_CARD_TEMPLATE',
    description:
      'Creates a template. WeChat Pay allows two templates of a type per brand, and only cardType NORMAL.',
    readsBack: true,
  })
  createCardTemplate(@Arg('input') input: CreateCardTemplateInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: cardTemplate }, (args, scope) =>
      context.members.createCardTemplate(numbered(args, context), scope),
    );
  }

  @WriteMutation(cardTemplate, {
    upstream: 'UPDATE_CARD_TEMPLATE',
    description:
      'Changes the given fields and keeps the others. The type of the validity cannot be changed, nor can fields that only createCardTemplate takes.',
  })
  updateCardTemplate(@Arg('input') input: UpdateCardTemplateInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: cardTemplate }, (args, scope) =>
      context.members.updateCardTemplate(args, scope),
    );
  }

  @WriteMutation(cardTemplate, {
    upstream: 'INVALIDATE_CARD_TEMPLATE',
    description: 'Ends a template permanently. No channel can offer its card afterwards.',
  })
  invalidateCardTemplate(@Arg('input') input: InvalidateCardTemplateInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: cardTemplate }, (args, scope) =>
      context.members.invalidateCardTemplate(args, scope),
    );
  }
}
