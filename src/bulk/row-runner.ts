import type { Comparison } from './compare';
import type { BulkKind } from './files/kinds';
import type { RowValues } from './files/row-reader';
import type { Operation, PauseReason } from './operation';

/** A row that is to be carried out. */
export interface RowCall {
  /** The kind of the operation, or UPDATE_USER_CARDS if an import meets a card that exists. */
  readonly kind: BulkKind;
  /** The input of the kind's mutation. Of COMPARE and RECORD_MEMBERS: the card alone. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What the row says. */
  readonly values: RowValues;
  /** Of this row in every attempt, for interfaces that know requests by a number. */
  readonly requestNo: string;
  /** An earlier attempt may have been carried out: look it up first. */
  readonly inDoubt: boolean;
  /** Clock time in ms after which nothing of it may be sent. */
  readonly deadline: number;
}

export type RowOutcome =
  /** `openid`: of the card, if it became known. */
  | {
      readonly state: 'SUCCEEDED';
      readonly code?: string | undefined;
      readonly message?: string | undefined;
      readonly openid?: string | undefined;
      /** Of a row of COMPARE whose card differs. */
      readonly comparison?: Comparison | undefined;
    }
  /** The member of an import has a card, which is to be updated. `openid`: of the card, if it became known. */
  | { readonly state: 'EXISTS'; readonly openid?: string | undefined }
  /** FAILED: refused. SKIPPED: nothing was left to do. */
  | { readonly state: 'FAILED' | 'SKIPPED'; readonly code: string; readonly message: string }
  /** Try again after this time. `isUnknown`: it may have been carried out. */
  | {
      readonly state: 'AGAIN';
      readonly afterMs: number;
      readonly isUnknown: boolean;
      readonly isBusy: boolean;
    }
  /** It was not carried out, and no other row would be. */
  | { readonly state: 'STOP'; readonly reason: PauseReason };

/** WeChat Pay's keys of a card. */
export interface CardName {
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
  readonly userCardCode: string;
}

/** Carries out single rows, as the mutation of their kind would. Never rejects. */
export interface RowRunner {
  /** Why no row can be carried out now, as far as that is known before. Spends at most one call, for the template. */
  problem(operation: Operation): Promise<PauseReason | undefined>;
  run(operation: Operation, row: RowCall): Promise<RowOutcome>;
  /** The user of a card, as far as it was seen before. Spends no call. */
  openidOf(card: Omit<CardName, 'openid'>): Promise<string | undefined>;
  /** The same rules, and no call. */
  check(operation: Operation, row: RowCall): Promise<RowOutcome>;
}
