import { createSecretKey, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listAuditFiles } from '../../src/audit/audit-files';
import { openAuditLog, type AuditLog } from '../../src/audit/audit-log';
import type { AuditEvent } from '../../src/audit/event';
import type { RecordPosition } from '../../src/audit/merged-records';
import {
  readEntries,
  type AuditLogEntry,
  type EntryQuery,
  type ReadBounds,
} from '../../src/audit/read-entries';
import { anAuditEvent, anIntent } from '../support/audit';
import { fakeClock } from '../support/fake-clock';

const start = 1_700_000_000_000;
const bounds: ReadBounds = { bytes: 16_000_000, aheadBytes: 8_000_000, aheadMs: 120_000 };

describe('the entries of audit files', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const openLog = (): AuditLog =>
    openAuditLog({
      directory,
      key: createSecretKey(randomBytes(32)),
      clock: fakeClock(),
      onError(error) {
        throw error;
      },
    });
  const write = (...events: readonly AuditEvent[]): AuditLog => {
    const log = openLog();
    for (const event of events) log.record(event);
    return log;
  };
  const at = (ms: number, name = ''): AuditEvent => anAuditEvent({ at: start + ms, targetHash: name });
  const list = async (query: Partial<EntryQuery> = {}, limits: Partial<ReadBounds> = {}) =>
    readEntries(
      await listAuditFiles(directory),
      { matches: () => true, count: 100, ...query },
      { ...bounds, ...limits },
    );
  const namesOf = (entries: readonly AuditLogEntry[]): readonly string[] =>
    entries.map(({ event }) => event.targetHash);
  /** All pages, one after the other. */
  const walk = async (query: Partial<EntryQuery>, limits: Partial<ReadBounds> = {}) => {
    const entries: AuditLogEntry[] = [];
    let pages = 0;
    let after: RecordPosition | undefined;
    do {
      const page = await list({ ...query, after }, limits);
      entries.push(...page.entries);
      pages += 1;
      after = page.next;
    } while (after !== undefined);
    return { entries, pages };
  };

  it('are those of all processes, the newest first', async () => {
    write(at(1, 'a'), at(4, 'd'));
    write(at(2, 'b'), at(5, 'e')).close();
    write(at(3, 'c'));
    const { entries, next } = await list();
    expect(namesOf(entries)).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(next).toBeUndefined();
  });

  it('are the same page by page, however short a page is and however little it reads', async () => {
    const logs = [openLog(), openLog(), openLog()];
    for (let index = 0; index < 1_800; index += 1)
      logs[(index * 7) % 3]?.record(at(Math.floor(index / 5), String(index)));
    expect(statSync(logs[0]?.path() ?? '').size).toBeGreaterThan(2 * 65_536);
    const all = (await list({ count: 2_000 })).entries;
    expect(new Set(namesOf(all)).size).toBe(1_800);
    expect(all.every(({ at: time }, index) => time <= (all[index - 1]?.at ?? Infinity))).toBe(true);
    expect((await walk({ count: 97 })).entries).toEqual(all);
    const little = await walk(
      { count: 2_000, matches: ({ event }) => event.targetHash === '3' },
      { bytes: 9_000 },
    );
    expect(namesOf(little.entries)).toEqual(['3']);
    expect(little.pages).toBeGreaterThan(2);
  });

  it('are an action once: its outcome, or its intent if no outcome was recorded', async () => {
    write(
      anIntent({ at: start, id: 'done', targetHash: 'done' }),
      anIntent({ at: start + 1, id: 'killed', targetHash: 'killed' }),
    );
    write(anAuditEvent({ at: start + 2, id: 'done', targetHash: 'done' }));
    const { entries } = await list();
    expect(entries.map(({ event, outcomeState }) => [event.targetHash, event.outcome, outcomeState])).toEqual(
      [
        ['done', 'OK', 'RECORDED'],
        ['killed', undefined, 'MISSING'],
      ],
    );
  });

  it('have no intent whose outcome is on an earlier page, or after the time that was asked for', async () => {
    write(
      anIntent({ at: start, id: 'one' }),
      at(1),
      anAuditEvent({ at: start + 8_000, id: 'one' }),
      at(8_001),
    );
    expect((await walk({ count: 1 })).entries).toHaveLength(3);
    expect((await list({ to: start + 1 })).entries).toEqual([]);
    const [unknown] = (await list({ to: start + 1 }, { aheadBytes: 0 })).entries;
    expect(unknown?.outcomeState).toBe('NOT_SOUGHT');
  });

  it('are those from one time until another', async () => {
    write(at(1, 'a'), at(2, 'b'), at(3, 'c'), at(4, 'd'));
    const { entries, next } = await list({ from: start + 2, to: start + 4 });
    expect(namesOf(entries)).toEqual(['c', 'b']);
    expect(next).toBeUndefined();
  });

  it('are read although lines or files cannot be, and those are counted', async () => {
    const log = write(at(1, 'a'));
    appendFileSync(
      log.path(),
      'not a record\n{"sequence":3,"kind":"MUTATION","at":"2023-11-14T22:13:20.002Z"}\n',
    );
    // What a kill leaves is no line.
    appendFileSync(log.path(), '{"sequence":4,"ki');
    mkdirSync(join(directory, '2023-11-14T22-13-21-000Z-00000000.jsonl'));
    const { entries, unreadableLines, unreadableFiles } = await list();
    expect([namesOf(entries), unreadableLines, unreadableFiles]).toEqual([['a'], 2, 1]);
  });

  it('hold nothing that is not part of a record', async () => {
    const log = write(at(1, 'a'));
    const text = readFileSync(log.path(), 'utf8');
    writeFileSync(log.path(), text.replace('"caller"', '"phone":"13800000000","caller"'));
    expect(JSON.stringify((await list()).entries)).not.toContain('13800000000');
  });
});
