import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The problem of an entry of the list, or `undefined`: the text must occur in its file exactly once. */
export const problemOf = (root, { name, file, find, replace, tests, only }) => {
  const named = (problem) => `${name}: ${problem}`;
  if (!existsSync(join(root, file))) return named(`${file} does not exist`);
  const missing = tests.find((test) => !existsSync(join(root, test)));
  if (missing !== undefined) return named(`${missing} does not exist`);
  const count = readFileSync(join(root, file), 'utf8').split(find).length - 1;
  if (count !== 1) return named(`the text to take out occurs ${count} times in ${file}, not once`);
  if (find === replace) return named('nothing is taken out');
  const proof = new RegExp(only);
  const titles = tests.map((test) => readFileSync(join(root, test), 'utf8')).join('\n');
  return isTitle(proof, titles) ? undefined : named(`no test of ${tests.join(', ')} is called "${only}"`);
};

/** Titles with `%s` or `${…}` in them are complete only when they run; they are left to the run itself. */
const isTitle = (proof, text) => proof.test(text) || /\$\{|%[sdj]/.test(text);

export const problemsOf = (root, guards) => {
  const names = guards.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...guards.flatMap((guard) => problemOf(root, guard) ?? []),
    ...twice.map((name) => `${name}: two entries have this name`),
  ];
};
