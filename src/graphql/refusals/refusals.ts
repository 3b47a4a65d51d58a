import type { UserErrorCode } from '../inputs/user-error-code';
import type { Sentence } from '../../shared/sentence';

/**
 * One business refusal. WeChat Pay's codes are coarse, so its Chinese sentence distinguishes the cases, or else the number at
 * the end of its Request-ID. No two rows have the same code and place.
 */
export interface Refusal {
  /** The sentences of the documents' error tables that mean this. Spaces, case and width of punctuation do not matter. */
  readonly says: readonly string[];
  /** The numbers of the case in the Request-ID, e.g. 268575529 of `08F7…-268575529` (quick table, partner 4023146634). */
  readonly numbers?: readonly number[];
  readonly code: UserErrorCode;
  /** Path inside the input, or several: then the first one that the input has. Absent if no single field is at fault. */
  readonly at?: string | readonly string[];
  /** The `name` of the faulty element in the list `at`; the reported field is its `value`. */
  readonly entry?: string;
  readonly en: string;
  readonly zh: string;
}

/** What is known about a refusal. */
export interface Refused {
  readonly sentence?: Sentence | undefined;
  readonly requestId?: string | undefined;
}

/**
 * Returns the most specific refusal whose sentence occurs, e.g. 积分跳转AppID无效… rather than AppID无效…; else the one with
 * the number.
 */
export const createRefusalFinder = (
  refusals: readonly Refusal[],
): ((refused: Refused) => Refusal | undefined) => {
  const sentences = refusals
    .flatMap((refusal) => refusal.says.map((words) => ({ words, refusal })))
    .sort((a, b) => b.words.replace(/\s/g, '').length - a.words.replace(/\s/g, '').length);
  const byNumber = new Map(
    refusals.flatMap((refusal) => (refusal.numbers ?? []).map((number) => [number, refusal] as const)),
  );
  return ({ sentence, requestId }) => {
    const said = sentence && sentences.find(({ words }) => sentence.contains(words))?.refusal;
    return said ?? byNumber.get(caseNumber(requestId));
  };
};

const caseNumber = (requestId: string | undefined): number =>
  Number(/-(\d{6,12})$/.exec(requestId ?? '')?.[1] ?? Number.NaN);
