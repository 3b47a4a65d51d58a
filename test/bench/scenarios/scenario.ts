import type { Member } from '../harness/members';
import type { Fault } from '../harness/stand-in';
import type { Operation } from '../measure/operation';

/** `cold`: processes that answered nothing yet. `warm`: the same load a second time. */
export type State = 'cold' | 'warm';

export interface ScenarioOptions {
  readonly members: ReadonlyMap<string, readonly Member[]>;
  /** The same numbers for every contender; others in every run. */
  readonly random: () => number;
  readonly instances: number;
  readonly state: State;
}

/** What happens upstream while a load runs. */
export interface Script {
  /** ms after the start of the load. */
  readonly atMs: number;
  readonly faults: readonly Fault[];
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Numbers of instances to run it with where none are asked for. */
  readonly instances: readonly number[];
  readonly states: readonly State[];
  /**
   * `light`: its processor use is so low that contenders may run beside each other. `long`: so light and so long that the
   * light ones run beside it. `alone`: has the machine to itself.
   */
  readonly pace: 'light' | 'long' | 'alone';
  readonly load: (options: ScenarioOptions) => readonly Operation[];
  /** Sent before each state and not scored: the reads of earlier users. */
  readonly before?: (options: ScenarioOptions) => readonly Operation[];
  readonly script?: readonly Script[];
}

/** Operations at a constant rate, whether or not earlier ones are answered. */
export const atRate = (
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  operation: (index: number) => Omit<Operation, 'at' | 'instance'>,
  instances: number,
): readonly Operation[] =>
  Array.from({ length: Math.round(perSecond * seconds) }, (_, index) => ({
    ...operation(index),
    at: (index * 1000) / perSecond,
    instance: index % instances,
  }));

export const membersOf = (
  { members }: Pick<ScenarioOptions, 'members'>,
  brandId: string,
): readonly Member[] => {
  const found = members.get(brandId);
  if (found === undefined) throw new Error(`the stand-in has no brand ${brandId}`);
  return found;
};

export const nth = <T>(values: readonly T[], index: number): T => {
  const value = values[index];
  if (value === undefined) throw new Error(`there are only ${values.length}`);
  return value;
};
