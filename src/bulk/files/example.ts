import { isBlank } from './raw-row';

const marks = { en: 'e.g. ', zh: '例：' } as const;

/** A value of a template's example row. The mark makes sure that it is never imported. */
export const exampleOf = (language: 'en' | 'zh', value: string): string => `${marks[language]}${value}`;

/** Whether the row is the example of a template that the user left in. */
export const isExample = (cells: readonly string[]): boolean => {
  const filled = cells.filter((cell) => !isBlank(cell));
  return (
    filled.length > 0 &&
    filled.every((cell) => Object.values(marks).some((mark) => cell.trimStart().startsWith(mark)))
  );
};
