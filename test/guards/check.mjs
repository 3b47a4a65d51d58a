import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canOccur, titlesOf } from './titles.mjs';

/** The problem of an entry of the list, or `undefined`: the text must occur in its file exactly once. */
export const problemOf = (root, { name, file, find, replace, tests, only }) => {
  const named = (problem) => `${name}: ${problem}`;
  if (!existsSync(join(root, file))) return named(`${file} does not exist`);
  const missing = tests.find((test) => !existsSync(join(root, test)));
  if (missing !== undefined) return named(`${missing} does not exist`);
  const count = readFileSync(join(root, file), 'utf8').split(find).length - 1;
  if (count !== 1) return named(`the text to take out occurs ${count} times in ${file}, not once`);
  if (find === replace) return named('nothing is taken out');
  const texts = tests.map((test) => readFileSync(join(root, test), 'utf8'));
  const unknown = only.split('|').find((words) => !isTitle(words, texts));
  return unknown === undefined ? undefined : named(`no test of ${tests.join(', ')} is called "${unknown}"`);
};

/** A single word may be the value of a placeholder from another file; it is left to the run itself. */
const isTitle = (words, texts) =>
  !words.includes(' ') ||
  texts.some((text) => text.includes(words) || titlesOf(text).some((title) => canOccur(words, title)));

export const problemsOf = (root, guards) => {
  const names = guards.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...guards.flatMap((guard) => problemOf(root, guard) ?? []),
    ...twice.map((name) => `${name}: two entries have this name`),
  ];
};
