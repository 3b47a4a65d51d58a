import { AppError } from '../../shared/errors';
import type { Bucket, Scope } from '../../traffic/call';
import type { MemberCards } from '../../wechatpay/member-cards';
import type { Context } from '../context';
import type { Lookup, PlannedCall } from './planned-call';

/** What an operation could spend of one brand's budget for one interface. */
export interface Spending {
  readonly brandId: string;
  readonly bucket: Bucket;
  /** Calls that it could make. */
  readonly most: number;
  /** Calls that it makes unless their answers are kept. */
  readonly certain: number;
  /** How many of the `certain` calls no kept answer, however old the caller accepts it, can stand in for. */
  readonly unanswered: () => Promise<number>;
}

export const spendingOf = (
  calls: readonly PlannedCall[],
  { members, writeScope }: Pick<Context, 'members' | 'writeScope'>,
): readonly Spending[] => {
  // Looking at what is kept is no part of what the operation cost.
  const { tally: _, ...scope } = writeScope;
  const byBucket = new Map<string, { bucket: Bucket; brandId: string; calls: PlannedCall[] }>();
  for (const call of calls) {
    const bucket = bucketOf(call, members);
    if (bucket === undefined) continue;
    const key = `${call.brandId} ${bucket.id}`;
    const group = byBucket.get(key) ?? { bucket, brandId: call.brandId, calls: [] };
    group.calls.push(call);
    byBucket.set(key, group);
  }
  return [...byBucket.values()].map(({ bucket, brandId, calls: own }) => {
    const certain = own.filter((call) => call.certain);
    const lookups = certain.flatMap(({ lookup }) => (lookup === undefined ? [] : [lookup]));
    const writes = certain.length - lookups.length;
    return {
      brandId,
      bucket,
      most: own.reduce((sum, { most }) => sum + most, 0),
      certain: certain.length,
      async unanswered() {
        const held = await Promise.all(lookups.map((lookup) => isHeld(lookup, { members, scope })));
        return writes + held.filter((is) => !is).length;
      },
    };
  });
};

/** An interface that the brand's configuration cannot reach is not called. */
const bucketOf = (call: PlannedCall, members: MemberCards): Bucket | undefined => {
  try {
    return members.bucketOf(call.interface, call.brandId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'MISCONFIGURED') return undefined;
    throw error;
  }
};

const isHeld = (
  { maxAgeMs, ...lookup }: Lookup,
  { members, scope: caller }: { readonly members: MemberCards; readonly scope: Scope },
): Promise<boolean> => {
  const scope = { ...caller, onlyHeld: true, maxAgeMs } as const;
  const answer = ((): Promise<unknown> => {
    switch (lookup.kind) {
      case 'cardTemplate':
        return members.cardTemplate(lookup.ref, scope);
      case 'userCard':
        return members.userCard(lookup.ref, scope);
      case 'cardTemplates':
        return members.cardTemplates(lookup.ref, scope);
      case 'userCards':
        return members.userCards(lookup.ref, scope);
    }
  })();
  return answer.then(
    () => true,
    () => false,
  );
};
