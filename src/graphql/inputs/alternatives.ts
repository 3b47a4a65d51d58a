import type { InputClass } from './nested-inputs';

/**
 * An input that WeChat Pay writes as one flat object: a word that says which kind it is, and the members of that kind. In GraphQL
 * each kind is a field of a `@oneOf` input, so members of two kinds cannot be written together.
 */
export interface Alternatives {
  /** WeChat Pay's member for the word. */
  readonly tag: string;
  /** WeChat Pay's word for each field. */
  readonly words: ReadonlyMap<string, string>;
}

const tags = new WeakMap<InputClass, string>();
const words = new WeakMap<InputClass, Map<string, string>>();

/** Declares the tag of an input with alternatives. */
export const declareTag = (owner: InputClass, tag: string): void => {
  tags.set(owner, tag);
};

/** Declares one of its fields. */
export const declareWord = (owner: InputClass, field: string, word: string): void => {
  words.set(owner, (words.get(owner) ?? new Map<string, string>()).set(field, word));
};

/** `undefined` if it is an ordinary input. */
export const alternativesOf = (input: object): Alternatives | undefined => {
  const owner = input as InputClass;
  const tag = tags.get(owner);
  return tag === undefined ? undefined : { tag, words: words.get(owner) ?? new Map<string, string>() };
};

/** The field that a caller filled in, and its value. */
export const chosenIn = (value: object): readonly [name: string, value: unknown] | undefined =>
  Object.entries(value).find(([, member]) => member !== undefined && member !== null);
