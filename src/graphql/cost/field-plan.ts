import type { NodeIds } from '../common/node-id';
import type { Brands } from '../context';
import type { Foreseen, Step } from './planned-call';

export interface PlanParts {
  readonly brands: Brands;
  readonly nodeIds: NodeIds;
}

/** One use of a field: `args` are coerced with the operation's actual variables, `name` is its key in the answer. */
export interface FieldUse {
  readonly parent: Foreseen;
  readonly args: Readonly<Record<string, unknown>>;
  readonly name: string;
}

export type FieldPlan = (use: FieldUse, parts: PlanParts) => Step;
