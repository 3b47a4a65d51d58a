import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of the table under a heading of a document, without the padding of the formatter. */
export const tableRows = (file: string, heading: string): readonly string[] => {
  const [, after = ''] = readFileSync(join(__dirname, '..', '..', file), 'utf8').split(`\n${heading}\n`);
  const [section = ''] = after.split(/\n##/);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/ +/g, ' ').trim());
};
