import { redactSentence } from './redact-sentence';

/**
 * What WeChat Pay wrote about a request. It may quote the request, so only its redacted `text` can be read. The original can
 * only be searched for known words, which reveals nothing but that they occur.
 */
export class Sentence {
  readonly #original: string;
  /** Redacted; may be shown and logged. */
  readonly text: string;

  /** @param values the values of the request */
  constructor(original: string, values: readonly string[] = []) {
    this.#original = plain(original);
    this.text = redactSentence(original, values);
  }

  /** Spaces, case, the width of punctuation, and 模版 for 模板 make no difference. */
  contains(words: string): boolean {
    return this.#original.includes(plain(words));
  }

  /** Whether the pattern occurs. It sees lower case, no spaces, and half-width punctuation. */
  matches(pattern: RegExp): boolean {
    return pattern.test(this.#original);
  }
}

/** The documents write `OpenID` with and without a space and in either case, and 模版 as well as 模板. */
const plain = (text: string): string =>
  text.normalize('NFKC').replace(/\s/g, '').replace(/模版/g, '模板').toLowerCase();
