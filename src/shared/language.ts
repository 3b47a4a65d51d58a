export type Language = 'en' | 'zh';

/** One text in both languages. */
export type Texts = readonly [en: string, zh: string];

export const textIn = (language: Language, [en, zh]: Texts): string => (language === 'en' ? en : zh);
