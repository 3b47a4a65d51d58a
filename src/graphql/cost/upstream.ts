import { Extensions } from 'type-graphql';
import type { InterfaceName } from '../../wechatpay/api/interfaces';
import type { Brands, Context } from '../execution/context';
import type { NodeIds } from '../relay/node-id';
import type { FieldCost, LookUpOf, PlannedObject } from './planned-call';

export interface PlanDeps {
  readonly brands: Brands;
  readonly nodeIds: NodeIds;
  readonly permissions: Pick<Context['permissions'], 'member'>;
}

/** One use of a field. `args` are coerced with the operation's variables; `responseKey` is the field's key in the response. */
export interface FieldUse<A> {
  readonly parent: PlannedObject;
  readonly args: A;
  readonly responseKey: string;
}

/**
 * What one use of a field calls in the worst case: the cache is empty and every list is full. If an argument breaks its rule,
 * the plan throws as the resolver does, and the field costs nothing.
 */
export type FieldPlan<N extends InterfaceName, A> = (use: FieldUse<A>, deps: PlanDeps) => FieldCost<N>;

/** What a field with a resolver calls upstream. */
export interface UpstreamUse {
  /** The interfaces that the field may call itself; the reference lists them. */
  readonly interfaces: readonly InterfaceName[];
  readonly plan: FieldPlan<InterfaceName, Readonly<Record<string, unknown>>>;
}

/** Calls nothing; its selection belongs to the same object. */
const noCalls: FieldPlan<never, unknown> = ({ parent }) => ({ calls: [], children: [parent] });

/**
 * Declares, beside a resolver, which interfaces it may call and which calls one use of it plans. The plan may name only these
 * interfaces and those that look up the outcome of a write. Without arguments, the field calls nothing. The cost of an
 * operation and the reference are derived from it. Every field with a resolver needs it.
 */
export const Upstream = <N extends InterfaceName = never, A = never>(
  interfaces: readonly N[] = [],
  plan: FieldPlan<NoInfer<N> | LookUpOf<NoInfer<N>>, A> = noCalls,
) => Extensions({ upstream: { interfaces, plan } });

/** Returns `undefined` if the field declares nothing. */
export const upstreamOf = ({ upstream }: Readonly<Record<string, unknown>>): UpstreamUse | undefined =>
  upstream as UpstreamUse | undefined;
