import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { Language, Texts, TextTable } from './texts';

const storageKey = 'member-cards:language';

/** What the reader chose before, or what the browser prefers; Chinese if it says neither. */
const firstLanguage = (): Language => {
  const stored = localStorage.getItem(storageKey);
  if (stored === 'zh' || stored === 'en') return stored;
  return navigator.language.startsWith('en') ? 'en' : 'zh';
};

interface LanguageChoice {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const Context = createContext<LanguageChoice>({ language: 'zh', choose: () => undefined });

export const LanguageProvider = ({ children }: { readonly children: ReactNode }) => {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const choose = (chosen: Language) => {
    localStorage.setItem(storageKey, chosen);
    setLanguage(chosen);
  };
  return <Context.Provider value={{ language, choose }}>{children}</Context.Provider>;
};

export const useLanguage = (): LanguageChoice => useContext(Context);

/** The texts of a part in the reader's language. */
export const useTexts = <T extends TextTable>(texts: Texts<T>): T => texts[useLanguage().language];
