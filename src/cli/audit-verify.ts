import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Link } from '../audit/chain';
import { verifyAudit, type AuditCheck, type AuditVerdict } from '../audit/verify';

const usage = `Usage: npm run audit:verify -- --key-file FILE... [--anchor SEQUENCE:SEAL] FILE...

  --key-file FILE   the key of the configuration's audit section; once more for each earlier key: every file must be
                    whole under one of them
  --anchor LINK     what an earlier run said of the last record: it must still be there

Ends with 0 where every file is as it was written (the last record of a killed process may be cut off), with 1 otherwise.`;

/** Says of each file of audit records whether it is as it was written; answers the exit code. */
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
  const good = files.map((file) => {
    const content = read(file);
    if (content === undefined) {
      print(`${file}: cannot be read`);
      return false;
    }
    const verdict = bestVerdict(content, keys, anchor === undefined ? {} : { anchor });
    print(`${file}: ${describe(verdict)}`);
    return verdict.state !== 'tampered' && !verdict.anchorMissing;
  });
  return good.every(Boolean) ? 0 : 1;
};

/** That of the key under which the file is good; where there is none, of the one under which it is good the longest. */
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
  const missing = anchorMissing ? '; THE ANCHOR IS MISSING: records were taken from the end' : '';
  switch (state) {
    case 'whole':
      return `whole, ${upTo}${missing}`;
    case 'open':
      return `good so far, not closed (still written to, or its process was killed), ${upTo}${missing}`;
    case 'torn':
      return `good so far, the last record was cut off by the end of its process, ${upTo}${missing}`;
    case 'tampered':
      return `TAMPERED at line ${line ?? 0}: changed, moved, put in or taken out; good before it: ${upTo}${missing}`;
  }
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
