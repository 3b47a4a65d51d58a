import type { Bucket, Scope } from '../../traffic/calls/call';
import type { MemberCards } from '../../wechatpay/api/member-cards';
import type { Context } from '../execution/context';
import type { Lookup, PlannedCall } from './planned-call';
import { reachableBucket } from './reachable-bucket';

/** What an operation could spend of one brand's budget for one interface. */
export interface Spending {
  readonly brandId: string;
  readonly bucket: Bucket;
  /** Calls that it could make. */
  readonly max: number;
  /** Calls that it makes unless their responses are cached. */
  readonly certain: number;
  /** How many of the `certain` calls the cache cannot serve, within the age that the caller accepts. */
  readonly unanswered: () => Promise<number>;
}

export const spendingOf = (
  calls: readonly PlannedCall[],
  { members, writeScope }: Pick<Context, 'members' | 'writeScope'>,
): readonly Spending[] => {
  // Cache lookups for the estimate are not part of the operation's stats.
  const { stats: _, ...scope } = writeScope;
  const byBucket = new Map<string, { bucket: Bucket; brandId: string; calls: PlannedCall[] }>();
  for (const call of calls) {
    const bucket = reachableBucket(members, call.interface, call.brandId);
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
      max: own.reduce((sum, { max }) => sum + max, 0),
      certain: certain.length,
      async unanswered() {
        const cached = await Promise.all(lookups.map((lookup) => isCached(lookup, { members, scope })));
        return writes + cached.filter((is) => !is).length;
      },
    };
  });
};

const isCached = (
  { maxAgeMs, ...lookup }: Lookup,
  { members, scope: caller }: { readonly members: MemberCards; readonly scope: Scope },
): Promise<boolean> => {
  const scope = { ...caller, cacheOnly: true, maxAgeMs } as const;
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
      case 'membershipActivity':
        return members.membershipActivity(lookup.ref, scope);
      case 'membershipActivities':
        return members.membershipActivities(lookup.ref, scope);
    }
  })();
  return answer.then(
    () => true,
    () => false,
  );
};
