import type { OperationAudit } from '../../audit/operation-audit';
import { AppError, codeOf } from '../../shared/errors';
import { maskPhone } from './mask-phone';
import type { Masks, SealedPhone } from './masks';

/** The card that a personal value belongs to. */
export interface PersonalDataOwner {
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
  readonly userCardCode: string;
}

/** An encrypted value and the field that shows it, e.g. `phoneNumber`, as the audit log names it. */
export interface PersonalValue {
  readonly field: string;
  readonly sealed: string;
}

/** A value in clear, or why it cannot be decrypted. */
export type Revealed = string | AppError;

/** The personal data of one operation. Nothing else decrypts personal data. */
export interface Personal {
  /**
   * The values in clear, in the same order; the error in the place of a value that cannot be decrypted. Rejects with
   * FORBIDDEN if the caller may not see the user's personal data, and with QUERY_TOO_EXPENSIVE or RATE_LIMITED if a limit is reached.
   */
  reveal(
    card: PersonalDataOwner,
    values: readonly PersonalValue[],
    operation: string,
  ): Promise<readonly Revealed[]>;
  /** The phone number as `maskPhone` shows it; needs no `pii` scope. Decrypts it only if its mask is not cached. */
  maskedPhone(card: PersonalDataOwner, phone: SealedPhone, operation: string): Promise<string>;
  /** Throws FORBIDDEN if the caller lacks `pii` for the brand and is not the user of the card. */
  check(card: Pick<PersonalDataOwner, 'brandId' | 'openid'>): void;
  /** Whether the operation has decrypted a value or shown a mask. */
  isUsed(): boolean;
}

export interface PersonalDeps {
  readonly unseal: (brandId: string, sealed: string) => Promise<string>;
  readonly canReadPersonalData: (brandId: string, openid: string) => boolean;
  /** Maximum number of values that the operation may decrypt. */
  readonly max: number;
  /** Takes one decryption of the caller's budget, or returns how many ms to wait until the next one is permitted. */
  readonly takeDecryption: () => number | undefined;
  readonly masks: Masks;
  readonly audit: Pick<OperationAudit, 'record'>;
}

export const createPersonal = (deps: PersonalDeps): Personal => {
  const { unseal, canReadPersonalData, max, takeDecryption, masks, audit } = deps;
  let hasShownMask = false;
  const opening = new Map<string, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();

  /** Decrypts a value once, even if it is requested several times. */
  const open = (brandId: string, sealed: string): Promise<string> => {
    const key = `${brandId} ${sealed}`;
    const known = opening.get(key);
    if (known !== undefined) return known;
    if (opening.size >= max) throw tooMany(max);
    const waitMs = takeDecryption();
    if (waitMs !== undefined) throw tooSoon(waitMs);
    // Sequential, so that operations with few values do not wait behind one with many.
    const clear = last.then(() => unseal(brandId, sealed));
    last = clear.catch(() => undefined);
    opening.set(key, clear);
    return clear;
  };

  const openOne = async (brandId: string, { sealed }: PersonalValue): Promise<Revealed> => {
    const clear = open(brandId, sealed);
    try {
      return await clear;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  };

  const openAll = async (
    card: PersonalDataOwner,
    values: readonly PersonalValue[],
    operation: string,
  ): Promise<readonly Revealed[]> => {
    const recordOutcome = (outcome: string, told: readonly PersonalValue[]): void => {
      if (told.length > 0)
        audit.record({
          kind: 'DECRYPTION',
          brandId: card.brandId,
          operation,
          target: [card.cardId, card.userCardCode],
          fields: told.map(({ field }) => field),
          outcome,
        });
    };
    let opened: readonly Revealed[];
    try {
      opened = await Promise.all(values.map(async (value) => openOne(card.brandId, value)));
    } catch (error) {
      recordOutcome(codeOf(error), values);
      throw error;
    }
    // Recorded before the values are returned: what cannot be recorded is not shown.
    const outcomes = opened.map((one) => (one instanceof AppError ? one.code : 'OK'));
    for (const outcome of new Set(outcomes))
      recordOutcome(
        outcome,
        values.filter((_, index) => outcomes[index] === outcome),
      );
    return opened;
  };

  const check: Personal['check'] = ({ brandId, openid }) => {
    if (!canReadPersonalData(brandId, openid))
      throw new AppError('FORBIDDEN', 'the caller lacks the pii scope');
  };

  return {
    check,
    async reveal(card, values, operation) {
      check(card);
      if (values.length === 0) return [];
      return openAll(card, values, operation);
    },
    async maskedPhone(card, phone, operation) {
      hasShownMask = true;
      const known = await masks.get(card.brandId, phone);
      if (known !== undefined) return known;
      const value = { field: 'phoneNumberMasked', sealed: phone.sealed };
      const [clear = ''] = await openAll(card, [value], operation);
      if (clear instanceof AppError) throw clear;
      const mask = maskPhone(clear);
      masks.set(card.brandId, phone, mask);
      return mask;
    },
    isUsed: () => opening.size > 0 || hasShownMask,
  };
};

const tooMany = (max: number): AppError =>
  new AppError('QUERY_TOO_EXPENSIVE', `the operation opens more than ${max} personal values`, {
    publicMessage: [
      `The operation opens more than ${max} personal values; ask for fewer cards at once.`,
      `该操作解密的个人信息超过 ${max} 项，请减少一次查询的会员卡数量。`,
    ],
  });

const tooSoon = (retryAfterMs: number): AppError =>
  new AppError('RATE_LIMITED', 'the caller decrypts more personal values than it may per second', {
    retryAfterMs: Math.ceil(retryAfterMs),
    publicMessage: [
      'You decrypt too many personal values per second; try again after retryAfterMs.',
      '每秒解密的个人信息过多，请在 retryAfterMs 之后重试。',
    ],
  });
