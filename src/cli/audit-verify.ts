import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Link } from '../audit/chain';
import { unfinishedIntents, type UnfinishedIntent } from '../audit/unfinished';
import { verifyAudit, type AuditCheck, type AuditVerdict } from '../audit/verify';
import { defined } from '../shared/defined';

const usage = `Usage: npm run audit:verify -- --key-file FILE... [--anchor SEQUENCE:SEAL] FILE...

  --key-file FILE   the key of the configuration's audit section; repeat it for each earlier key: every file must be
                    intact under one of them
  --anchor LINK     the last record as printed by an earlier run: it must still be there

Lists the writes whose intent is recorded in the files and whose outcome is in none of them. Pass all files of the
directory; look up the outcome of such a write at WeChat Pay.

Exit code:
  0   every file is as written (the last record of a killed process may be incomplete), every intent has an outcome
  1   a file was tampered with or cannot be read, the anchor is missing, or an argument is wrong
  2   every file is as written, and some intents have no outcome`;

/** Prints whether each audit file is as it was written, and each intent without an outcome. Returns the exit code. */
export const verifyFiles = (argv: readonly string[], print: (line: string) => void): number => {
  let values: { readonly 'key-file'?: readonly string[]; readonly anchor?: string };
  let files: readonly string[];
  try {
    ({ values, positionals: files } = parseArgs({
      args: [...argv],
      options: { 'key-file': { type: 'string', multiple: true }, anchor: { type: 'string' } },
      allowPositionals: true,
    }));
  } catch (error) {
    print(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
    return 1;
  }
  const { 'key-file': keyFiles = [], anchor: anchorText } = values;
  const anchor = anchorText === undefined ? undefined : anchorOf(anchorText);
  if (keyFiles.length === 0 || files.length === 0 || (anchorText !== undefined && anchor === undefined)) {
    print(usage);
    return 1;
  }
  const keys = keyFiles.flatMap((keyFile) => {
    const key = keyOf(read(keyFile));
    if (key === undefined) print(`${keyFile}: cannot be read, or is not 32 bytes in base64`);
    return key ?? [];
  });
  if (keys.length < keyFiles.length) return 1;
  const checked = files.flatMap((path) => {
    const content = read(path);
    if (content === undefined) {
      print(`${path}: cannot be read`);
      return [];
    }
    const verdict = bestVerdict(content, keys, defined({ anchor }));
    print(`${path}: ${describe(verdict)}`);
    return { path, content, good: verdict.last.sequence, verdict };
  });
  const unfinished = unfinishedIntents(checked);
  for (const intent of unfinished) {
    const verdict = checked.find(({ path }) => path === intent.path)?.verdict;
    print(describeIntent(intent, verdict?.state ?? 'open'));
  }
  const isGood =
    checked.length === files.length &&
    checked.every(({ verdict }) => verdict.state !== 'tampered' && !verdict.anchorMissing);
  if (!isGood) return 1;
  return unfinished.length > 0 ? 2 : 0;
};

/** The verdict for the key under which the file is good or, if there is none, for the key that verifies the most records. */
const bestVerdict = (
  content: string,
  keys: readonly KeyObject[],
  check: Omit<AuditCheck, 'key'>,
): AuditVerdict =>
  keys
    .map((key) => verifyAudit(content, { ...check, key }))
    .reduce((best, other) => (rankOf(other) > rankOf(best) ? other : best));

const rankOf = ({ state, last }: AuditVerdict): number =>
  state === 'tampered' ? last.sequence : Number.MAX_SAFE_INTEGER;

const keyOf = (text: string | undefined): KeyObject | undefined =>
  text !== undefined && /^[A-Za-z0-9+/]{43}=\s*$/.test(text)
    ? createSecretKey(text.trim(), 'base64')
    : undefined;

const describe = ({ state, last, line, anchorMissing }: AuditVerdict): string => {
  const upTo = `${last.sequence} records, last ${last.sequence}:${last.seal}`;
  const missing = anchorMissing ? '; THE ANCHOR IS MISSING: records were removed from the end' : '';
  switch (state) {
    case 'whole':
      return `whole, ${upTo}${missing}`;
    case 'open':
      return `good so far, not closed (still being written, or its process was killed or could not write on), ${upTo}${missing}`;
    case 'torn':
      return `good so far, the last record is incomplete because its process ended, ${upTo}${missing}`;
    case 'tampered':
      return `TAMPERED at line ${line ?? 0}: changed, moved, inserted or removed; good before it: ${upTo}${missing}`;
  }
};

const describeIntent = (intent: UnfinishedIntent, state: AuditVerdict['state']): string => {
  const { path, line, at, operation, brandId, caller, targetHash, targetKey, id } = intent;
  const brand = brandId === '' ? '' : ` for brand ${brandId}`;
  return (
    `${path}:${line}: NO OUTCOME of ${operation}${brand} by ${caller} at ${at}, ` +
    `target ${targetHash} under key ${targetKey}, id ${id}: ${reasons[state]}`
  );
};

/** Why an outcome may be missing, by the state of the file with the intent. */
const reasons: Readonly<Record<AuditVerdict['state'], string>> = {
  whole: 'the outcome could not be written, see the log of the server; or it is in a file that was not given',
  open: 'the process was killed or could not write on, or the write is under way',
  torn: 'the process was killed or could not write on',
  tampered: 'the rest of the file was tampered with and may have held it',
};

const anchorOf = (text: string): Link | undefined => {
  const [, sequence, seal] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return sequence === undefined || seal === undefined ? undefined : { sequence: Number(sequence), seal };
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

if (require.main === module)
  process.exitCode = verifyFiles(process.argv.slice(2), (line) => {
    process.stdout.write(`${line}\n`);
  });
