import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { toBrand } from '../brand/brand.resolver';
import { Brand } from '../brand/brand.type';
import { Access } from '../../access/access';
import { checkCardId, toMaxAgeMs } from '../../inputs/arguments';
import { objectCost, ownBrandCost } from '../../cost/field-costs';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { CardTemplate, toCardTemplate, type CardTemplateSource } from './card-template.type';
import { ID } from '../../values/scalars';

interface TemplateArguments {
  readonly brandId: string;
  readonly cardId: string;
  readonly maxAgeSeconds?: number | null;
}

const keyOf = ({ brandId, cardId, maxAgeSeconds }: TemplateArguments) => {
  checkCardId(cardId);
  return { brandId, cardId, maxAgeMs: toMaxAgeMs(maxAgeSeconds) };
};

@Resolver(() => CardTemplate)
export class CardTemplateResolver {
  @Upstream(['GET_CARD_TEMPLATE'], ({ args }: FieldUse<TemplateArguments>, deps) => {
    const { maxAgeMs, ...ref } = keyOf(args);
    return objectCost({ kind: 'cardTemplate', ref, maxAgeMs }, deps);
  })
  @Access('read')
  @Query(() => CardTemplate, { nullable: true })
  async cardTemplate(
    @Arg('brandId', () => ID) brandId: string,
    @Arg('cardId', () => ID) cardId: string,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() { brands, loaders }: Context,
  ) {
    const key = keyOf({ brandId, cardId, maxAgeSeconds });
    if (brands.get(brandId) === undefined) return undefined;
    const read = await loaders.cardTemplate(key);
    return read && toCardTemplate(read);
  }

  @Upstream()
  @FieldResolver(() => ID)
  id(@Root() { brandId, cardId }: CardTemplateSource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'CardTemplate', brandId, cardId });
  }

  @Upstream([], ownBrandCost)
  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: CardTemplateSource, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }
}
