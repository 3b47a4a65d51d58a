import type { CachePart, Scope } from '../../traffic/calls/call';
import {
  memoizeDecode,
  orAbsent,
  read,
  readItems,
  readParts,
  readable,
  type ReadPage,
  type ReadResult,
} from './reads';
import type { InterfaceName } from './interfaces';
import { membershipActivity, type MembershipActivityRecord } from '../records/member-records';
import type { CacheKeys } from './cache-keys';
import type { CallInterface } from './call-interface';
import { pageSize, type ActivityPageKey, type ActivityKey, type ReadScope } from './refs';
import type { UpstreamArguments } from './request';
import { isUsedNumber, maxReadBackPages } from './request-number';
import { showsSent } from './sent-values';
import type { Route } from '../settings';
import { outcomeOfWrite, type Write } from './write-outcome';
import { defined } from '../../shared/defined';

/** Activities that give coupons to new members (品牌会员发券活动). Partner route only. */
export interface MembershipActivities {
  membershipActivity(
    ref: ActivityKey,
    scope: ReadScope,
  ): Promise<ReadResult<MembershipActivityRecord> | undefined>;
  membershipActivities(ref: ActivityPageKey, scope: ReadScope): Promise<ReadPage<MembershipActivityRecord>>;
  createMembershipActivity(
    args: UpstreamArguments,
    scope: Scope,
  ): Promise<ReadResult<MembershipActivityRecord>>;
  updateMembershipActivity(
    args: UpstreamArguments,
    scope: Scope,
  ): Promise<ReadResult<MembershipActivityRecord>>;
  /** Permanent. */
  terminateMembershipActivity(
    args: UpstreamArguments,
    scope: Scope,
  ): Promise<ReadResult<MembershipActivityRecord>>;
}

const readActivity = memoizeDecode(membershipActivity);

export const createMembershipActivities = (
  callInterface: CallInterface,
  cacheKeys: CacheKeys,
): MembershipActivities => {
  const part = (route: Route, data: unknown): CachePart => {
    const { brandId, activityId } = readActivity(data);
    return {
      kind: 'membershipActivity',
      key: cacheKeys.membershipActivity(route, brandId, String(activityId)),
      subjects: [cacheKeys.activitySubject(brandId)],
      data,
    };
  };

  const one: MembershipActivities['membershipActivity'] = async (
    { brandId, activityId },
    { maxAgeMs, ...scope },
  ) => {
    const args = { brand_id: brandId, activity_id: activityId };
    const reply = callInterface('GET_MEMBERSHIP_ACTIVITY', args, scope, (route) => ({
      cache: {
        kind: 'membershipActivity',
        key: cacheKeys.membershipActivity(route, brandId, activityId),
        subject: cacheKeys.activitySubject(brandId),
        ...defined({ maxAgeMs }),
      },
    }));
    return orAbsent(reply.then((answer) => read(answer, readActivity)));
  };

  const list: MembershipActivities['membershipActivities'] = async (ref, { maxAgeMs, ...scope }) => {
    const { brandId, cardId, state, offset } = ref;
    const args = { brand_id: brandId, card_id: cardId, activity_state: state, offset, limit: pageSize };
    const reply = await callInterface('LIST_MEMBERSHIP_ACTIVITIES', args, scope, (route) => ({
      cache: {
        kind: 'membershipActivityList',
        key: cacheKeys.membershipActivityPage(route, brandId, ref),
        subject: cacheKeys.activitySubject(brandId),
        parts: (data) => readParts(data, (element) => [part(route, element)]),
        ...defined({ maxAgeMs }),
      },
    }));
    return readItems(reply, readActivity);
  };

  const write = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    tells: Partial<Omit<Write<ReadResult<MembershipActivityRecord>>, 'send' | 'read'>>,
  ): Promise<ReadResult<MembershipActivityRecord>> => {
    const brandId = String(args.brand_id);
    const { activity_id: activityId } = args;
    return outcomeOfWrite({
      send: () =>
        callInterface(name, args, scope, (route) => ({
          writes: {
            subjects: () => [cacheKeys.activitySubject(brandId)],
            ...(typeof activityId === 'string' && {
              object: () => cacheKeys.aliasesOf('activity', brandId, [activityId]),
            }),
            parts: (data) => [part(route, data)],
          },
        })),
      read: (reply) => read(reply, readActivity),
      find: () => one({ brandId, activityId: String(activityId) }, { ...scope, maxAgeMs: 0 }),
      ...tells,
    });
  };

  const findByRequestNo = async (
    args: UpstreamArguments,
    scope: Scope,
    maxPages: number,
  ): Promise<ReadResult<MembershipActivityRecord> | undefined> => {
    const ref = { brandId: String(args.brand_id), cardId: String(args.card_id) };
    for (let offset = 0; offset < maxPages * pageSize; offset += pageSize) {
      const { items, totalCount } = await list({ ...ref, offset }, { ...scope, maxAgeMs: 0 });
      const found = readable(items).find(({ record }) => record.outRequestNo === args.out_request_no);
      if (found !== undefined || offset + pageSize >= totalCount) return found;
    }
    return undefined;
  };

  return {
    membershipActivity: one,
    membershipActivities: list,
    // Request numbers are unique (create document). The same one with the same content is the same request, sent again.
    createMembershipActivity: (args, scope) =>
      write('CREATE_MEMBERSHIP_ACTIVITY', args, scope, {
        find: (_, afterRefusal = false) =>
          findByRequestNo(args, scope, afterRefusal ? maxReadBackPages : Infinity),
        mayBeEcho: isUsedNumber,
        shows: ({ record }) => showsSent(record, args),
      }),
    updateMembershipActivity: (args, scope) =>
      write('UPDATE_MEMBERSHIP_ACTIVITY', args, scope, { shows: ({ record }) => showsSent(record, args) }),
    terminateMembershipActivity: (args, scope) =>
      write('TERMINATE_MEMBERSHIP_ACTIVITY', args, scope, {
        shows: ({ record }) => record.activityState === 'MEMBERSHIP_ACTIVITY_TERMINATED',
      }),
  };
};
