import type { CachePart, Scope } from '../traffic/call';
import { once, orAbsent, read, readItems, readPage, within, type Page, type Read } from './answers';
import type { InterfaceName } from './interfaces';
import { membershipActivity, type MembershipActivityRecord } from './member-records';
import type { Names } from './names';
import type { Perform } from './perform';
import { pageSize, type ActivityPageRef, type ActivityRef, type ReadScope } from './refs';
import type { UpstreamArguments } from './request';
import { showsSent } from './sent-values';
import type { Route } from './settings';
import { outcomeOfWrite, type Write } from './write-outcome';

/** Coupons for those who join (品牌会员发券活动). The partner route alone has them. */
export interface MembershipActivities {
  membershipActivity(ref: ActivityRef, scope: ReadScope): Promise<Read<MembershipActivityRecord> | undefined>;
  membershipActivities(ref: ActivityPageRef, scope: ReadScope): Promise<Page<MembershipActivityRecord>>;
  createMembershipActivity(args: UpstreamArguments, scope: Scope): Promise<Read<MembershipActivityRecord>>;
  updateMembershipActivity(args: UpstreamArguments, scope: Scope): Promise<Read<MembershipActivityRecord>>;
  /** For good. */
  terminateMembershipActivity(ref: ActivityRef, scope: Scope): Promise<Read<MembershipActivityRecord>>;
}

const readActivity = once(membershipActivity);

export const createMembershipActivities = (perform: Perform, names: Names): MembershipActivities => {
  const part = (route: Route, data: unknown): CachePart => {
    const { brandId, activityId } = readActivity(data);
    return {
      kind: 'membershipActivity',
      key: names.membershipActivity(route, brandId, String(activityId)),
      subjects: [names.activitiesOf(brandId)],
      data,
    };
  };

  const one: MembershipActivities['membershipActivity'] = async (
    { brandId, activityId },
    { maxAgeMs, ...scope },
  ) => {
    const args = { brand_id: brandId, activity_id: activityId };
    const reply = perform('GET_MEMBERSHIP_ACTIVITY', args, scope, (route) => ({
      cache: {
        kind: 'membershipActivity',
        key: names.membershipActivity(route, brandId, activityId),
        subject: names.activitiesOf(brandId),
        ...within(maxAgeMs),
      },
    }));
    return orAbsent(reply.then((answer) => read(answer, readActivity)));
  };

  const list: MembershipActivities['membershipActivities'] = async (ref, { maxAgeMs, ...scope }) => {
    const { brandId, cardId, state, offset } = ref;
    const args = { brand_id: brandId, card_id: cardId, activity_state: state, offset, limit: pageSize };
    const reply = await perform('LIST_MEMBERSHIP_ACTIVITIES', args, scope, (route) => ({
      cache: {
        kind: 'membershipActivityList',
        key: names.membershipActivityPage(route, brandId, ref),
        subject: names.activitiesOf(brandId),
        parts: (data) => (readPage(data).data ?? []).map((element) => part(route, element)),
        ...within(maxAgeMs),
      },
    }));
    return readItems(reply, readActivity);
  };

  const write = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    tells: Partial<Omit<Write<Read<MembershipActivityRecord>>, 'send' | 'read'>>,
  ): Promise<Read<MembershipActivityRecord>> => {
    const brandId = String(args.brand_id);
    const { activity_id: activityId } = args;
    return outcomeOfWrite({
      send: () =>
        perform(name, args, scope, (route) => ({
          writes: {
            subjects: () => [names.activitiesOf(brandId)],
            ...(typeof activityId === 'string' && {
              object: () => names.aliasesOf('activity', brandId, [activityId]),
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
  ): Promise<Read<MembershipActivityRecord> | undefined> => {
    const ref = { brandId: String(args.brand_id), cardId: String(args.card_id) };
    for (let offset = 0; ; offset += pageSize) {
      const { items, totalCount } = await list({ ...ref, offset }, { ...scope, maxAgeMs: 0 });
      const found = items.find(({ record }) => record.outRequestNo === args.out_request_no);
      if (found !== undefined || offset + pageSize >= totalCount) return found;
    }
  };

  return {
    membershipActivity: one,
    membershipActivities: list,
    // The request number, which must be unique (create document), tells whether it was created after all.
    createMembershipActivity: (args, scope) =>
      write('CREATE_MEMBERSHIP_ACTIVITY', args, scope, {
        find: () => findByRequestNo(args, scope),
        shows: () => true,
      }),
    updateMembershipActivity: (args, scope) =>
      write('UPDATE_MEMBERSHIP_ACTIVITY', args, scope, { shows: ({ record }) => showsSent(record, args) }),
    terminateMembershipActivity: ({ brandId, activityId }, scope) =>
      write('TERMINATE_MEMBERSHIP_ACTIVITY', { brand_id: brandId, activity_id: activityId }, scope, {
        shows: ({ record }) => record.activityState === 'MEMBERSHIP_ACTIVITY_TERMINATED',
      }),
  };
};
