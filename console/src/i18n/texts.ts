/** A text, or how it is made of values. */
type Text = string | ((...values: never[]) => string);

export type TextTable = Readonly<Record<string, Text>>;

export type Language = 'zh' | 'en';

/** The texts of a part of the console in both languages. */
export type Texts<T extends TextTable> = Readonly<Record<Language, T>>;

/** Keeps a part's texts beside the part, so that a page is loaded with its own. English must have every text that Chinese has. */
export const inBoth = <T extends TextTable>(zh: T, en: NoInfer<T>): Texts<T> => ({ zh, en });
