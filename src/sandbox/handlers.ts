import type { KeyObject } from 'node:crypto';
import { refused } from './failure';
import { checkAnswers, checkCompliance } from './member-rules';
import { sealedCard, unsealed, unsealedAnswers } from './personal';
import type { RefusalName } from './refusals';
import { wireTime, type Edition, type FormAnswers, type State, type Template, type UserCard } from './state';
import { checkValidityFor } from './validity';

export interface HandlerCall {
  readonly state: State;
  readonly brandId: string;
  /** Path parameters, query and body together, validated by `takes`. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Time by the sandbox's movable clock, in ms. */
  readonly now: number;
  readonly edition: Edition;
  /** Decrypts the request's personal fields. */
  readonly ownKey: KeyObject;
  /** Encrypts the response's personal fields. */
  readonly callerKey: KeyObject;
  readonly maxTemplatesPerType: number;
}

export const templateOf = (
  state: State,
  brandId: string,
  cardId: unknown,
  missing: RefusalName = 'templateMissing',
): Template => {
  const found = state.template(brandId, String(cardId));
  if (found === undefined) throw refused(missing);
  return found;
};

export const checkOpenid = (openid: unknown): void => {
  // Magic input: see README.md.
  if (String(openid).startsWith('invalid')) throw refused('openidInvalid');
  if (String(openid).startsWith('foreign')) throw refused('openidForeign');
};

/** @param missingTemplate - how the interface refuses an unknown template. */
export const cardOf = ({ state, brandId, args }: HandlerCall, missingTemplate?: RefusalName): UserCard => {
  checkOpenid(args.openid);
  templateOf(state, brandId, args.card_id, missingTemplate);
  const found = state.userCard(brandId, String(args.user_card_code), String(args.card_id));
  if (found === undefined || found.openid !== args.openid) throw refused('cardMissing');
  return found;
};

export const pageOf = <T>(all: readonly T[], { offset, limit }: Readonly<Record<string, unknown>>) => {
  const data = all.slice(Number(offset), Number(offset) + Number(limit));
  return {
    // 选填: absent if there is no value.
    ...(data.length === 0 ? {} : { data }),
    total_count: all.length,
    offset: Number(offset),
    limit: Number(limit),
  };
};

/** The card after a request whose personal fields are encrypted. */
export const changedCard = (
  card: UserCard,
  { state, args, now, edition, ownKey, brandId }: Omit<HandlerCall, 'callerKey'>,
): UserCard => {
  const template = templateOf(state, brandId, card.card_id);
  const answers = args.user_information as FormAnswers | undefined;
  const plainAnswers = answers && unsealedAnswers(answers, ownKey);
  if (plainAnswers !== undefined) checkAnswers(plainAnswers, template);
  // The founding document's request example is PERMANENT with dates; the error table of 2026 refuses it.
  checkValidityFor(template, args.valid_date_information, { exact: edition !== '2025' });
  const { brand_id: _, user_information: __, phone_number: sealedPhone, ...given } = args;
  return {
    ...card,
    ...(given as Partial<UserCard>),
    ...(sealedPhone === undefined ? {} : { phone_number: unsealed(sealedPhone as string, ownKey) }),
    ...(plainAnswers && { user_information: plainAnswers }),
    modify_time: wireTime(now),
  };
};

export const updateUserCard = (call: HandlerCall): UserCard => {
  const card = cardOf(call);
  checkCompliance(call.args);
  if (card.user_card_state !== 'EFFECTIVE') throw refused('cardNotEffective');
  const changed = changedCard(card, call);
  call.state.putUserCard(changed);
  return sealedCard(changed, call.callerKey);
};
