import type { Language } from '../../shared/language';

/** The language of messages: Chinese if Accept-Language prefers it to English. */
export const languageOf = (acceptLanguage: string | undefined): Language => {
  const weights = { en: 0, zh: 0 };
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [, tag, weight] = /^\s*(en|zh)\b[\w-]*\s*(?:;\s*q=([\d.]+))?/i.exec(part) ?? [];
    if (tag === undefined) continue;
    const name = tag.toLowerCase() as Language;
    weights[name] = Math.max(weights[name], weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights.zh > weights.en ? 'zh' : 'en';
};
