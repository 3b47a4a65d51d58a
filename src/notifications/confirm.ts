import { createHmac, type KeyObject } from 'node:crypto';
import type { UserCardEvent } from '../events/event';
import type { EventLog } from '../events/log';
import type { Opening } from '../events/openings';
import type { Clock } from '../shared/clock';
import { AppError, codeOf, provesAbsence } from '../shared/errors';
import type { DerivedKeys } from '../shared/key-ring';

/** How to confirm the cards that a brand's users open. */
export interface ConfirmRule {
  readonly brandId: string;
  readonly level?: string;
  /** Whether to generate the card code if the merchant allocates it. */
  readonly allocateCodes: boolean;
}

/** Confirms a card through the interface `confirm`. Rejects with AppError. */
export type ConfirmUserCard = (args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The outcome of one opening, for log and metrics. Holds no personal data. */
export interface ConfirmEvent {
  readonly brandId: string;
  /** `settled`: no card waits any more, because it was confirmed before. `waits`: it has no code and none may be generated. */
  readonly outcome: 'confirmed' | 'settled' | 'waits' | 'refused' | 'later';
  readonly code?: string;
}

export interface ConfirmerDeps {
  readonly log: EventLog;
  /** The rules at the start. */
  readonly rules: readonly ConfirmRule[];
  readonly confirm: ConfirmUserCard;
  readonly clock: Clock;
  /**
   * The first key generates card codes, so that an opening has the same code at every attempt. Under another key it has another
   * code but remains one card: the first code that WeChat Pay accepts ends the opening.
   */
  readonly codeKeys: DerivedKeys;
  readonly observe: (event: ConfirmEvent) => void;
}

export interface Confirmer {
  start(): void;
  /** Whether openings of the brand are confirmed. */
  confirms(brandId: string): boolean;
  /** Goes by other rules from now on; an opening under way keeps its own. */
  readonly replace: (rules: readonly ConfirmRule[]) => void;
  /** Resolves when openings under way are done; waiting ones stay in the log. */
  stop(): Promise<void>;
}

const atOnce = 10;
const lookMs = 5_000;

/**
 * Confirms openings by the rules. An opening leaves the queue only when it is confirmed, needs no confirmation any more or is set
 * aside for people. Until then it is taken again, by any process of the fleet, also after a restart.
 */
export const createConfirmer = ({ log, clock, observe, ...deps }: ConfirmerDeps): Confirmer => {
  let rules = byBrand(deps.rules);
  let state: 'new' | 'started' | 'stopped' = 'new';
  const cancels = new Map<string, () => void>();
  const running = new Set<Promise<void>>();

  const settle = async (rule: ConfirmRule, { id, event }: Opening): Promise<void> => {
    const outcome = await answer(event, rule, deps);
    observe({ brandId: rule.brandId, ...outcome });
    const aside = setAside[outcome.outcome];
    if (aside !== undefined) await log.openings.setAside(rule.brandId, { id, event }, aside);
    else if (outcome.outcome !== 'later') await log.openings.done(rule.brandId, id);
  };

  const work = async (brandId: string, isOver: () => boolean): Promise<void> => {
    for (;;) {
      const rule = rules.get(brandId);
      if (rule === undefined || isOver()) return;
      // If the store is unavailable, the next look asks again.
      const taken = await log.openings.take(brandId, atOnce).catch(() => []);
      // If `done` fails, the opening is taken again and found settled.
      await Promise.all(taken.map((opening) => settle(rule, opening).catch(() => undefined)));
      if (taken.length < atOnce) return;
    }
  };

  const follow = (brandId: string): void => {
    let again = false;
    let underway = false;
    let over = false;
    const look = (): void => {
      if (over) return;
      again = underway;
      if (underway) return;
      underway = true;
      cancelTimer();
      const run = work(brandId, () => over).finally(() => {
        underway = false;
        running.delete(run);
        if (over) return;
        if (again) look();
        else cancelTimer = clock.after(lookMs, look);
      });
      running.add(run);
    };
    let cancelTimer = (): void => undefined;
    const unsubscribe = log.subscribe(brandId, look);
    cancels.set(brandId, () => {
      over = true;
      unsubscribe();
      cancelTimer();
    });
    // The rule may generate codes since its openings were set aside. If the store is unavailable, they stay in the list.
    if (rules.get(brandId)?.allocateCodes !== true) look();
    else
      void log.openings
        .requeue(brandId)
        .catch(() => undefined)
        .finally(look);
  };

  return {
    start() {
      state = 'started';
      for (const brandId of rules.keys()) follow(brandId);
    },
    confirms: (brandId) => rules.has(brandId),
    replace(next) {
      rules = byBrand(next);
      if (state !== 'started') return;
      for (const [brandId, cancel] of cancels)
        if (!rules.has(brandId)) {
          cancel();
          cancels.delete(brandId);
        }
      for (const brandId of rules.keys()) if (!cancels.has(brandId)) follow(brandId);
    },
    async stop() {
      state = 'stopped';
      for (const cancel of cancels.values()) cancel();
      await Promise.all(running);
    },
  };
};

/** Outcomes after which somebody has to confirm the opening. */
const setAside: Readonly<Partial<Record<ConfirmEvent['outcome'], 'NEEDS_CODE' | 'REFUSED'>>> = {
  waits: 'NEEDS_CODE',
  refused: 'REFUSED',
};

const byBrand = (rules: readonly ConfirmRule[]): ReadonlyMap<string, ConfirmRule> =>
  new Map(rules.map((rule) => [rule.brandId, rule]));

type ConfirmationAnswer = Pick<ConfirmEvent, 'outcome' | 'code'>;

const answer = async (
  event: UserCardEvent,
  { level, allocateCodes }: ConfirmRule,
  { confirm, codeKeys }: Pick<ConfirmerDeps, 'confirm' | 'codeKeys'>,
): Promise<ConfirmationAnswer> => {
  const { brandId, cardId, openid } = event;
  const userCardCode =
    event.userCardCode ?? (allocateCodes ? madeCode(event, codeKeys.current().key) : undefined);
  // Only an event of an unknown kind has no card or user, and it is no opening.
  if (userCardCode === undefined || cardId === undefined || openid === undefined) return { outcome: 'waits' };
  try {
    await confirm({
      brand_id: brandId,
      card_id: cardId,
      openid,
      user_card_code: userCardCode,
      user_card_confirm_state: 'CREATE_CARD_SUCCESS',
      level,
    });
    return { outcome: 'confirmed' };
  } catch (error) {
    const code = codeOf(error);
    const verified = error instanceof AppError && error.upstream?.verified === true;
    if (code === 'DONE_UNREADABLE') return { outcome: 'confirmed', code };
    // 用户不存在未激活的会员卡: confirmed or refused before, or deleted meanwhile.
    if (provesAbsence(error)) return { outcome: 'settled' };
    if (code === 'UPSTREAM_REJECTED' && verified) return { outcome: 'refused', code };
    return { outcome: 'later', code };
  }
};

/** 18 digits derived from the opening: unguessable without the key, and the same after a restart. */
const madeCode = ({ brandId, cardId, openid, createTime }: UserCardEvent, key: KeyObject): string => {
  const digest = createHmac('sha256', key)
    .update(JSON.stringify([brandId, cardId, openid, createTime]))
    .digest();
  return String(digest.readBigUInt64BE() % 10n ** 18n).padStart(18, '0');
};
