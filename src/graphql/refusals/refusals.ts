import type { UserErrorCode } from '../inputs/user-error.type';

/**
 * One business refusal. WeChat Pay's codes are coarse, so its Chinese sentence tells the cases apart; the texts shown to
 * a client are ours, as the upstream's may quote what was sent.
 */
export interface Refusal {
  /** The sentences of the documents' error tables that mean this. Spaces and case do not matter. */
  readonly says: readonly string[];
  readonly code: UserErrorCode;
  /** Path inside the input; absent where no one field is at fault. */
  readonly at?: string;
  readonly en: string;
  readonly zh: string;
}

/** The most specific refusal whose sentence the message contains, e.g. 积分跳转AppID无效… rather than AppID无效…. */
export const createRefusalFinder = (
  refusals: readonly Refusal[],
): ((message: string) => Refusal | undefined) => {
  const sentences = refusals
    .flatMap((refusal) => refusal.says.map((sentence) => ({ sentence: plain(sentence), refusal })))
    .sort((a, b) => b.sentence.length - a.sentence.length);
  return (message) => {
    const said = plain(message);
    return sentences.find(({ sentence }) => said.includes(sentence))?.refusal;
  };
};

/** The documents write `OpenID` with and without a space and in either case, and 模版 as well as 模板. */
const plain = (sentence: string): string =>
  sentence.replace(/\s/g, '').replace(/模版/g, '模板').toLowerCase();
