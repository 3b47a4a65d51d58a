import type { ControlAction } from './control';
import {
  ControlError,
  flag,
  matching,
  nullOr,
  number,
  object,
  oneOf,
  someText,
  type Check,
} from './control-input';
import { isLoopback, type Deliveries } from './deliveries';
import type { State } from './state';
import type { CardAction, Done, Opening, Users } from './users';

export interface UserActionDeps {
  readonly users: Users;
  readonly deliveries: Deliveries;
  readonly state: () => State;
}

/** Control calls that play users in WeChat, and those about the notifications that follow. Bodies: see users.ts. */
export const userActions = (
  { users, deliveries, state }: UserActionDeps,
  { brandIds, mchids }: { readonly brandIds: readonly string[]; readonly mchids: readonly string[] },
): Readonly<Record<string, ControlAction>> => {
  const done = ({ openid, userCardCode }: Done) => ({ openid, userCardCode });
  const action = (members: Readonly<Record<string, Check>>, needs: readonly string[]): Check =>
    object(
      {
        brandId: oneOf(brandIds),
        route: oneOf(['brand', 'partner']),
        mchid: oneOf(mchids),
        oldSpelling: flag,
        cardId: someText,
        ...members,
      },
      { needs: ['brandId', ...needs] },
    );
  /** A template of the brand; a wrong id is refused with a list of the right ones. */
  const checkTemplate = (body: unknown): void => {
    const { brandId: brand, cardId } = body as Opening;
    oneOf(
      state()
        .templatesOf(brand)
        .map(({ card_id }) => card_id),
    )(cardId, 'cardId');
  };
  const onCard = (
    run: (of: CardAction) => Done,
    members: Readonly<Record<string, Check>> = {},
  ): ControlAction => ({
    check: (body) => {
      action({ userCardCode: someText, ...members }, ['userCardCode', ...Object.keys(members)])(body, '');
    },
    run: (body) => done(run(body as CardAction)),
  });

  return {
    'POST /sandbox/users/open': {
      check(body) {
        action({ openid: someText, phoneNumber: someText }, ['cardId'])(body, '');
        checkTemplate(body);
      },
      run: (body) => done(users.open(body as Opening)),
    },
    'POST /sandbox/users/delete': onCard((of) => users.remove(of)),
    'POST /sandbox/users/expire': onCard((of) => users.expire(of)),
    'POST /sandbox/users/exchange-points': onCard(
      (of) => users.exchangePoints(of as CardAction & { readonly points: number }),
      { points: number({ min: 1, whole: true }) },
    ),
    'POST /sandbox/users/look-at-points': onCard((of) => users.lookAtPoints(of)),
    'GET /sandbox/deliveries': { run: () => deliveries.list() },
    // Replaces every notify_url; without a URL, templates' own are used again.
    'PUT /sandbox/deliveries': {
      check: (body) => {
        object(
          { url: nullOr(matching(isLoopback, 'a loopback URL such as http://127.0.0.1:4000/wechat/notify')) },
          { needs: ['url'] },
        )(body, '');
      },
      run(body) {
        deliveries.deliverTo((body as { url: string | null }).url ?? undefined);
      },
    },
    'POST /sandbox/deliveries/resend': {
      check: (body) => {
        if (body !== undefined) object({ id: someText })(body, '');
      },
      async run(body) {
        const { id } = (body ?? {}) as { id?: string };
        const resent = await deliveries.resend(id);
        if (resent === undefined)
          throw new ControlError(
            id === undefined
              ? 'there is no notification yet: let a user act first'
              : `id: there is no notification ${JSON.stringify(id)}; GET /sandbox/deliveries lists them`,
          );
        return resent;
      },
    },
  };
};
