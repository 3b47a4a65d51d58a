import type { NodeIds } from '../relay/node-id';
import type { Brands } from '../execution/context';
import type { PlannedObject, FieldCost } from './planned-call';

export interface PlanDeps {
  readonly brands: Brands;
  readonly nodeIds: NodeIds;
}

/** One use of a field: `args` are coerced with the operation's actual variables, `name` is its key in the answer. */
export interface FieldUse {
  readonly parent: PlannedObject;
  readonly args: Readonly<Record<string, unknown>>;
  readonly responseKey: string;
}

export type FieldPlan = (use: FieldUse, deps: PlanDeps) => FieldCost;
