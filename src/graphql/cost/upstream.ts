import { Extensions } from 'type-graphql';
import type { InterfaceName } from '../../wechatpay/api/interfaces';
import type { Brands } from '../execution/context';
import type { NodeIds } from '../relay/node-id';
import type { FieldCost, LookUpOf, PlannedObject } from './planned-call';

export interface PlanDeps {
  readonly brands: Brands;
  readonly nodeIds: NodeIds;
}

/** One use of a field: `args` are coerced with the operation's actual variables, `responseKey` is its key in the answer. */
export interface FieldUse<A> {
  readonly parent: PlannedObject;
  readonly args: A;
  readonly responseKey: string;
}

/**
 * What one use of a field calls in the worst case: nothing is cached, every list is full. If an argument breaks its rule, the plan
 * throws as the resolver does, and the field costs nothing.
 */
export type FieldPlan<N extends InterfaceName, A> = (use: FieldUse<A>, deps: PlanDeps) => FieldCost<N>;

/** What a field with a resolver asks of WeChat Pay. */
export interface UpstreamUse {
  /** The interfaces that the field may call itself; the reference documents each. */
  readonly interfaces: readonly InterfaceName[];
  readonly plan: FieldPlan<InterfaceName, Readonly<Record<string, unknown>>>;
}

/** Calls nothing; what is selected below is asked of the same object. */
const noCalls: FieldPlan<never, unknown> = ({ parent }) => ({ calls: [], children: [parent] });

/**
 * Declares, beside a resolver, what it asks of WeChat Pay: which interfaces it may call and which calls a use of it plans. The plan
 * names no interface but these and those that look up what became of a write. Without arguments the field calls nothing. The cost of an operation and the
 * reference are made from it, and every field with a resolver needs it.
 */
export const Upstream = <N extends InterfaceName = never, A = never>(
  interfaces: readonly N[] = [],
  plan: FieldPlan<NoInfer<N> | LookUpOf<NoInfer<N>>, A> = noCalls,
) => Extensions({ upstream: { interfaces, plan } });

/** `undefined` if the field declares nothing. */
export const upstreamOf = ({ upstream }: Readonly<Record<string, unknown>>): UpstreamUse | undefined =>
  upstream as UpstreamUse | undefined;
