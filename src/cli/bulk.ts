import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemCode } from '../shared/system-code';
import { createBulkClient, ServerRefusal, type BulkClient, type Progress } from './bulk-client';
import { progressLine, summary } from './bulk-progress';

const kinds = {
  import: 'IMPORT_BY_PHONE',
  'import-by-openid': 'IMPORT_BY_OPENID',
  update: 'UPDATE_USER_CARDS',
  invalidate: 'INVALIDATE_USER_CARDS',
  points: 'SYNC_USER_POINTS',
  compare: 'COMPARE',
  'record-members': 'RECORD_MEMBERS',
} as const;
type Command = keyof typeof kinds;

const usage = `Sends a file (CSV, JSONL or XLSX) to a running server as a bulk operation.

  npm run bulk -- COMMAND FILE --brand ID --card ID [--watch]
  npm run bulk -- template COMMAND [FILE]

  COMMAND            ${Object.keys(kinds).join(', ')}
  template           writes the file to fill in for COMMAND, as CSV or XLSX by the name of FILE (default COMMAND.csv)
  --brand ID         the brand; --card ID: the card template of all rows
  --watch            shows the progress until the operation ends or pauses
  --update-existing  imports: updates the card of a member who has one (default: skips the row)
  --dry-run          checks every row and sends nothing to WeChat Pay
  --results FILE     with --watch: writes the file of results, as CSV, JSONL or XLSX by the name of FILE
  --failed FILE      with --watch: writes the rows that failed, to mend and send again
  --differences FILE compare, with --watch: writes what differs, for update to take as it is
  --per-day N        sends at most N rows per day in Beijing
  --window FROM-TO   sends only between these times of day in Beijing, e.g. 01:00-07:00
  --rate N           sends at most N rows per second
  --key TEXT         names the order (default: made from the file and the options, so the same command twice is one operation)
  --server URL       default http://127.0.0.1:4000
  --token-file FILE  an API key or access token; or the environment variable MEMBER_CARD_TOKEN
  --language zh|en   of messages (default zh)
`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface BulkCommandDeps {
  readonly print: (text: string) => void;
  /** Whether the output is a terminal, which shows a line that changes. */
  readonly isTerminal: boolean;
  readonly token: string | undefined;
}

/** Runs the command. Resolves to the exit code: 0 if every row is done, 2 if rows failed or the operation paused. */
export const runBulkCommand = async (argv: readonly string[], deps: BulkCommandDeps): Promise<number> => {
  const { values, positionals } = parse(argv);
  const [command, file, templateFile] = positionals;
  if (values.help === true || command === undefined) {
    deps.print(usage);
    return 0;
  }
  const token =
    values['token-file'] === undefined ? deps.token : (await readFile(values['token-file'], 'utf8')).trim();
  const client = createBulkClient({
    server: values.server.replace(/\/$/, ''),
    token,
    language: values.language,
  });
  if (command === 'template') return saveTemplate(client, file, templateFile, deps);
  if (!isCommand(command)) throw noSuchCommand(command);
  if (file === undefined || values.brand === undefined || values.card === undefined)
    throw new UsageError('FILE, --brand and --card are needed.');
  const order = {
    kind: kinds[command],
    cardTemplate: { key: { brandId: values.brand, cardId: values.card } },
    ...(values['update-existing'] && { onExisting: 'UPDATE' }),
    dryRun: values['dry-run'],
    dailyWindow: values.window ?? null,
    maxPerSecond: values.rate === undefined ? null : Number(values.rate),
    ...(values['per-day'] !== undefined && { maxRowsPerDay: Number(values['per-day']) }),
  };
  const idempotencyKey = values.key ?? (await keyOf(file, order));
  const { fileId, rowCount } = await client.upload(values.brand, createReadStream(file));
  deps.print(`${file}: ${rowCount} rows\n`);
  const operation = await client.create({ ...order, fileId, idempotencyKey });
  if (!values.watch) {
    deps.print(`operation ${operation.id}\n`);
    return 0;
  }
  const end = await watch(client, operation, deps);
  await save(client, end.resultsPath, values.results);
  await save(client, end.failedRowsPath, values.failed);
  await save(client, end.differencesPath, values.differences);
  const isDone =
    end.status === 'COMPLETED' && !end.counts.some(({ state }) => state === 'FAILED' || state === 'UNKNOWN');
  return isDone ? 0 : 2;
};

/** Writes the file to fill in for a command. A file that exists may have been filled in, so it is not replaced. */
const saveTemplate = async (
  client: BulkClient,
  command: string | undefined,
  file = `${command ?? ''}.csv`,
  { print }: BulkCommandDeps,
): Promise<number> => {
  if (command === undefined) throw new UsageError('COMMAND is needed: whose template?');
  if (!isCommand(command)) throw noSuchCommand(command);
  const format = extname(file).slice(1).toLowerCase();
  if (format !== 'csv' && format !== 'xlsx')
    throw new UsageError('A template is CSV or XLSX: the name of FILE must end in .csv or .xlsx.');
  const bytes = await client.download(`/bulk/templates/${kinds[command]}.${format}`);
  await writeFile(file, bytes, { flag: 'wx' });
  print(`${file}\n`);
  return 0;
};

const noSuchCommand = (command: string): UsageError => new UsageError(`There is no command ${command}.`);

const watch = async (
  client: BulkClient,
  first: Progress,
  { print, isTerminal }: BulkCommandDeps,
): Promise<Progress> => {
  let now = first;
  while (now.status === 'VALIDATING' || now.status === 'RUNNING') {
    if (isTerminal) print(`\r${progressLine(now)}\u001b[K`);
    // Not by the clock of the server, whose timers let a process end.
    await pause(pollMs);
    now = await client.read(first.id);
  }
  print(isTerminal ? `\r${progressLine(now)}\u001b[K\n${summary(now)}` : summary(now));
  return now;
};

const pollMs = 500;

const save = async (client: BulkClient, path: string | null, file: string | undefined): Promise<void> => {
  // Openids and phone numbers: nobody else may read it.
  if (path !== null && file !== undefined)
    await writeFile(file, await client.download(path + formatOf(file)), { mode: 0o600 });
};

/** By the name of the file; another name leaves it to the server. */
const formatOf = (file: string): string => {
  const extension = extname(file).slice(1).toLowerCase();
  return ['csv', 'jsonl', 'xlsx'].includes(extension) ? `&format=${extension}` : '';
};

/** The same file with the same options is the same order, whenever it is sent. */
const keyOf = async (file: string, order: object): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify(order));
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer);
  return `cli-${hash.digest('base64url')}`;
};

const isCommand = (text: string): text is Command => Object.hasOwn(kinds, text);

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        brand: { type: 'string' },
        card: { type: 'string' },
        watch: { type: 'boolean', default: false },
        'update-existing': { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        results: { type: 'string' },
        failed: { type: 'string' },
        differences: { type: 'string' },
        'per-day': { type: 'string' },
        window: { type: 'string' },
        rate: { type: 'string' },
        key: { type: 'string' },
        server: { type: 'string', default: 'http://127.0.0.1:4000' },
        'token-file': { type: 'string' },
        language: { type: 'string', default: 'zh' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
};

const explain = (error: unknown): string => {
  if (error instanceof ServerRefusal) return error.message;
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  const code = systemCode(error);
  return code === undefined ? String(error) : `A file cannot be read or written (${code}).`;
};

if (require.main === module)
  runBulkCommand(process.argv.slice(2), {
    print: (text) => process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    // eslint-disable-next-line no-restricted-properties -- a secret does not belong on a command line
    token: process.env.MEMBER_CARD_TOKEN,
  }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${explain(error)}\n`);
      process.exitCode = 1;
    },
  );
