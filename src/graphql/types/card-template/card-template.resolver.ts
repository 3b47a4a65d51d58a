import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { toBrand } from '../brand/brand.resolver';
import { Brand } from '../brand/brand.type';
import { Access } from '../../access/access';
import { checkCardId, toMaxAgeMs } from '../../inputs/arguments';
import { Upstream } from '../../execution/upstream';
import type { Context } from '../../execution/context';
import { CardTemplate, toCardTemplate, type CardTemplateSource } from './card-template.type';
import { ID } from '../../values/scalars';

@Resolver(() => CardTemplate)
export class CardTemplateResolver {
  @Upstream('GET_CARD_TEMPLATE')
  @Access('read')
  @Query(() => CardTemplate, { nullable: true })
  async cardTemplate(
    @Arg('brandId', () => ID) brandId: string,
    @Arg('cardId', () => ID) cardId: string,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() { brands, loaders }: Context,
  ) {
    checkCardId(cardId);
    const maxAgeMs = toMaxAgeMs(maxAgeSeconds);
    if (brands.get(brandId) === undefined) return undefined;
    const read = await loaders.cardTemplate({ brandId, cardId, maxAgeMs });
    return read && toCardTemplate(read);
  }

  @FieldResolver(() => ID)
  id(@Root() { brandId, cardId }: CardTemplateSource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'CardTemplate', brandId, cardId });
  }

  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: CardTemplateSource, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }
}
