import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark';

const storageKey = 'member-cards:theme';

/** What the reader chose before, or what the system prefers. */
const firstTheme = (): Theme => {
  const stored = localStorage.getItem(storageKey);
  if (stored === 'light' || stored === 'dark') return stored;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
};

export const useTheme = (): readonly [Theme, () => void] => {
  const [theme, setTheme] = useState(firstTheme);
  useEffect(() => {
    // TDesign's name of the attribute.
    document.documentElement.setAttribute('theme-mode', theme);
  }, [theme]);
  return [
    theme,
    () => {
      const next = theme === 'light' ? 'dark' : 'light';
      localStorage.setItem(storageKey, next);
      setTheme(next);
    },
  ];
};
