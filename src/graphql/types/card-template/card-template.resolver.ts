import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { toBrand } from '../brand/brand.resolver';
import { Brand } from '../brand/brand.type';
import { Access } from '../../access/access';
import { toKey, toMaxAgeMs, type ReferenceDeps } from '../../inputs/arguments';
import { CardTemplateRef } from '../../inputs/refs.input';
import { objectCost, ownBrandCost } from '../../cost/field-costs';
import { noCost } from '../../cost/planned-call';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { CardTemplate, toCardTemplate, type CardTemplateSource } from './card-template.type';
import { ID } from '../../values/scalars';

interface TemplateArguments {
  readonly by: CardTemplateRef;
  readonly maxAgeSeconds?: number | null;
}

const lookupOf = ({ by, maxAgeSeconds }: TemplateArguments, deps: ReferenceDeps) => ({
  key: toKey('CardTemplate', by, deps),
  maxAgeMs: toMaxAgeMs(maxAgeSeconds),
});

@Resolver(() => CardTemplate)
export class CardTemplateResolver {
  @Upstream(['GET_CARD_TEMPLATE'], ({ args }: FieldUse<TemplateArguments>, deps) => {
    const { key, maxAgeMs } = lookupOf(args, deps);
    return key === undefined ? noCost : objectCost({ kind: 'cardTemplate', ref: key, maxAgeMs }, deps);
  })
  @Access('read')
  @Query(() => CardTemplate, { nullable: true })
  async cardTemplate(
    @Arg('by', () => CardTemplateRef) by: CardTemplateRef,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() context: Context,
  ) {
    const { key, maxAgeMs } = lookupOf({ by, maxAgeSeconds }, context);
    const read = key && (await context.loaders.cardTemplate({ ...key, maxAgeMs }));
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
