import type { OperationAudit } from '../../audit/operation-audit';
import { AppError, codeOf } from '../../shared/errors';

/** The card that a personal value belongs to. */
export interface PersonalDataOwner {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
}

/** A sealed value and the field that shows it, e.g. `phoneNumber`, as the audit names it. */
export interface PersonalValue {
  readonly field: string;
  readonly sealed: string;
}

/** The personal data of one operation: the only place where it is opened. */
export interface Personal {
  /** In clear, in the same order. Rejects with FORBIDDEN where the caller lacks `pii`. */
  reveal(
    card: PersonalDataOwner,
    values: readonly PersonalValue[],
    operation: string,
  ): Promise<readonly string[]>;
  /** What `mask` leaves of a value: free of `pii`. */
  masked(
    card: PersonalDataOwner,
    value: PersonalValue,
    use: { readonly mask: (clear: string) => string; readonly operation: string },
  ): Promise<string>;
  /** Throws FORBIDDEN where the caller lacks `pii` for the brand. */
  check(brandId: string): void;
  /** Values opened so far. */
  opened(): number;
}

export interface PersonalDeps {
  readonly unseal: (brandId: string, sealed: string) => string;
  readonly canReadPersonalData: (brandId: string) => boolean;
  /** Values that the operation may open. */
  readonly max: number;
  readonly audit: Pick<OperationAudit, 'record'>;
}

export const createPersonal = ({ unseal, canReadPersonalData, max, audit }: PersonalDeps): Personal => {
  const opening = new Map<string, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();

  /** The same value asked for twice is opened once. */
  const open = (brandId: string, sealed: string): Promise<string> => {
    const key = `${brandId} ${sealed}`;
    const known = opening.get(key);
    if (known !== undefined) return known;
    if (opening.size >= max) throw tooMany(max);
    // Each is a computation during which the process does nothing else: one after the other, and others between two.
    const clear = last.then(pause).then(() => unseal(brandId, sealed));
    last = clear.catch(() => undefined);
    opening.set(key, clear);
    return clear;
  };

  const openAll = async (
    card: PersonalDataOwner,
    values: readonly PersonalValue[],
    operation: string,
  ): Promise<readonly string[]> => {
    const tell = (outcome: string): void => {
      audit.record({
        kind: 'DECRYPTION',
        brandId: card.brandId,
        operation,
        target: [card.cardId, card.userCardCode],
        fields: values.map(({ field }) => field),
        outcome,
      });
    };
    let clear: readonly string[];
    try {
      clear = await Promise.all(values.map(async ({ sealed }) => open(card.brandId, sealed)));
    } catch (error) {
      tell(codeOf(error));
      throw error;
    }
    // Before the answer: what cannot be recorded is not shown.
    tell('OK');
    return clear;
  };

  const check = (brandId: string): void => {
    if (!canReadPersonalData(brandId)) throw new AppError('FORBIDDEN', 'the caller lacks the pii scope');
  };

  return {
    check,
    async reveal(card, values, operation) {
      check(card.brandId);
      if (values.length === 0) return [];
      return openAll(card, values, operation);
    },
    async masked(card, value, { mask, operation }) {
      const [clear = ''] = await openAll(card, [value], operation);
      return mask(clear);
    },
    opened: () => opening.size,
  };
};

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const tooMany = (max: number): AppError =>
  new AppError('QUERY_TOO_EXPENSIVE', `the operation opens more than ${max} personal values`, {
    publicMessage: [
      `The operation opens more than ${max} personal values; ask for fewer cards at once.`,
      `该操作解密的个人信息超过 ${max} 项,请减少一次查询的会员卡数量。`,
    ],
  });
