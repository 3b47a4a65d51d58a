import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toPeriodMs, toSlice } from '../../inputs/arguments';
import { toDateTime } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import type { InterfaceName } from '../../../wechatpay/api/interfaces';
import { UpstreamInterface } from '../brand/upstream-interface.enum';
import { BudgetUse, BudgetUseBy } from './budget-use.type';

@Resolver(() => BudgetUse)
export class BudgetUseResolver {
  @Upstream()
  @Access('admin')
  @SemanticNonNull()
  @Query(() => BudgetUse, {
    nullable: true,
    description:
      'Who used the upstream calls of this process. Calls nothing upstream. For callers with the scope admin.',
  })
  budgetUse(
    @Arg('last', () => String, {
      description: 'The period until now: minutes or hours up to a day, such as "15m" or "1h".',
    })
    last: string,
    @Arg('by', () => BudgetUseBy) by: BudgetUseBy,
    @Arg('interface', () => UpstreamInterface, {
      nullable: true,
      description: 'Only calls of this interface. Default: calls of all interfaces.',
    })
    only: InterfaceName | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Ctx() { budgetUse }: Context,
  ): BudgetUse {
    const slice = toSlice(first ?? 20, undefined);
    const { since, calls, refused, users } = budgetUse({
      lastMs: toPeriodMs(last),
      by,
      ...(only === null ? {} : { interface: only }),
    });
    return {
      since: toDateTime(since),
      calls,
      refused,
      userCount: users.length,
      users: users
        .slice(0, slice.first)
        .map((user) => ({ ...user, share: calls === 0 ? undefined : user.calls / calls })),
    };
  }
}
