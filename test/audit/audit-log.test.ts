import { spawn } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealRecord } from '../../src/audit/chain';
import { openAuditLog } from '../../src/audit/audit-log';
import type { AuditOutcome } from '../../src/audit/event';
import { verifyAudit } from '../../src/audit/verify';
import { systemClock } from '../../src/shared/clock';
import { anAuditEvent, runAuditVerify } from '../support/audit';

const bytes = randomBytes(32);
const key = createSecretKey(bytes);

describe('the audit log', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const open = (parts: Partial<Parameters<typeof openAuditLog>[0]> = {}) =>
    openAuditLog({
      directory,
      key,
      clock: systemClock,
      onError(error) {
        throw error;
      },
      ...parts,
    });
  const written = (events: number): string => {
    const log = open();
    for (let index = 0; index < events; index += 1) log.record(anAuditEvent({ targetHash: `t${index}` }));
    log.close();
    return readFileSync(log.path(), 'utf8');
  };
  const stateOf = (content: string) => verifyAudit(content, { key }).state;

  it('writes one line of JSON per event, after an opening and before a closing record', () => {
    const lines = written(2).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'OPENED',
      'MUTATION',
      'MUTATION',
      'CLOSED',
    ]);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ caller: 'till-7', targetHash: 't0', sequence: 2 });
  });

  it('detects a record from another file with the same key', () => {
    const lines = written(2).split('\n');
    const log = open();
    for (const targetHash of ['other', 't1']) log.record(anAuditEvent({ targetHash }));
    log.close();
    lines[2] = readFileSync(log.path(), 'utf8').split('\n')[2] ?? '';
    expect(stateOf(lines.join('\n'))).toBe('tampered');
  });

  it('creates files that only their owner can read', () => {
    const log = open();
    expect(statSync(log.path()).mode & 0o777).toBe(0o600);
    log.close();
  });

  it('is not whole if anything follows the closing record, even a valid record', () => {
    const content = written(1);
    const { last } = verifyAudit(content, { key });
    const { line } = sealRecord({ kind: 'MUTATION' }, { previous: last, key });
    expect(stateOf(`${content}${line}\n`)).toBe('tampered');
  });

  it('is open until it is closed, then whole', () => {
    const log = open();
    log.record(anAuditEvent());
    expect(stateOf(readFileSync(log.path(), 'utf8'))).toBe('open');
    log.close();
    expect(stateOf(readFileSync(log.path(), 'utf8'))).toBe('whole');
  });

  it('writes only the members of the type', () => {
    const log = open();
    log.record({ ...anAuditEvent(), phoneNumber: '13800000000' } as AuditOutcome);
    log.close();
    expect(readFileSync(log.path(), 'utf8')).not.toContain('13800000000');
  });

  it('detects every changed, removed, repeated, moved or added line', () => {
    const content = written(6);
    const lines = content.trimEnd().split('\n');
    const file = (changed: readonly string[]) => `${changed.join('\n')}\n`;
    lines.forEach((line, index) => {
      const at = (replacement: readonly string[]) => [
        ...lines.slice(0, index),
        ...replacement,
        ...lines.slice(index + 1),
      ];
      const isLast = index === lines.length - 1;
      expect([index, stateOf(file(at([line.replace('20', '21')])))]).toEqual([index, 'tampered']);
      expect([index, stateOf(file(at([line, line])))]).toEqual([index, 'tampered']);
      if (!isLast) {
        expect([index, stateOf(file(at([])))]).toEqual([index, 'tampered']);
        const swapped = [...lines];
        [swapped[index], swapped[index + 1]] = [lines[index + 1] ?? '', line];
        expect([index, stateOf(file(swapped))]).toEqual([index, 'tampered']);
      }
    });
    expect(stateOf(`${content}{"sequence":9,"kind":"MUTATION"}\n`)).toBe('tampered');
    expect(verifyAudit(content, { key: createSecretKey(randomBytes(32)) }).state).toBe('tampered');
  });

  it('detects any changed character', () => {
    const content = written(2);
    for (let at = 0; at < content.length - 1; at += 1) {
      const flipped = String.fromCharCode(content.charCodeAt(at) ^ 1);
      expect([at, stateOf(content.slice(0, at) + flipped + content.slice(at + 1))]).toEqual([at, 'tampered']);
    }
  });

  it('distinguishes a record cut off by a kill from a changed one', () => {
    const content = written(3);
    const lines = content.trimEnd().split('\n');
    const before = `${lines.slice(0, 3).join('\n')}\n`;
    const record = lines[3] ?? '';
    for (let length = 1; length < record.length; length += 1)
      expect([length, stateOf(before + record.slice(0, length))]).toEqual([length, 'torn']);
    // Complete except for its newline, and with another seal: no kill leaves that.
    expect(stateOf(before + record.replace('till-7', 'till-8'))).toBe('tampered');
    expect(stateOf(before + (lines[4] ?? '').slice(0, 30))).toBe('tampered');
    expect(stateOf(before + 'x')).toBe('tampered');
    // Cut off in the middle of the file.
    expect(stateOf(`${before}${record.slice(0, 40)}\n${lines[4] ?? ''}\n`)).toBe('tampered');
  });

  it('detects a shortened file by an anchor', () => {
    const content = written(4);
    const { last } = verifyAudit(content, { key });
    expect(verifyAudit(content, { key, anchor: last }).anchorMissing).toBe(false);
    const shortened = `${content.trimEnd().split('\n').slice(0, 3).join('\n')}\n`;
    expect(verifyAudit(shortened, { key, anchor: last })).toMatchObject({
      state: 'open',
      anchorMissing: true,
    });
  });

  it('continues in another file if a write fails, and loses nothing', () => {
    let full = false;
    const log = open({
      write(file, line, from) {
        if (!full) return writeSync(file, line, from);
        full = false;
        writeSync(file, line.subarray(0, 20));
        throw new Error('ENOSPC');
      },
    });
    log.record(anAuditEvent({ targetHash: 'one' }));
    full = true;
    log.record(anAuditEvent({ targetHash: 'two' }));
    log.close();
    const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
    expect(files.map(stateOf).sort()).toEqual(['torn', 'whole']);
    expect(files.join('')).toMatch(/"one"[\s\S]*"two"|"two"[\s\S]*"one"/);
    expect(log.failing()).toBe(false);
  });

  it('throws while nothing can be written, and reports it until it can be again', () => {
    let full = false;
    const errors: unknown[] = [];
    const log = open({
      onError: (error) => errors.push(error),
      write(file, line, from) {
        if (full) throw new Error('ENOSPC');
        return writeSync(file, line, from);
      },
    });
    full = true;
    expect(() => {
      log.record(anAuditEvent());
    }).toThrow('could not be written');
    expect([errors.length, log.failing()]).toEqual([1, true]);
    full = false;
    log.record(anAuditEvent());
    expect([errors.length, log.failing()]).toEqual([1, false]);
    log.close();
  });

  it('gives each process its own file', () => {
    const [first, second] = [open(), open()];
    first.record(anAuditEvent({ targetHash: 'a' }));
    second.record(anAuditEvent({ targetHash: 'b' }));
    first.close();
    second.close();
    expect(first.path()).not.toBe(second.path());
    for (const log of [first, second]) expect(stateOf(readFileSync(log.path(), 'utf8'))).toBe('whole');
  });

  it('keeps every record that was written before a kill -9', async () => {
    const script = `
      require('@swc/core');
      const { createSecretKey } = require('node:crypto');
      const { readFileSync } = require('node:fs');
      const { transformSync } = require('@swc/core');
      require.extensions['.ts'] = (module, file) =>
        module._compile(transformSync(readFileSync(file, 'utf8'), { filename: file, module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }).code, file);
      const { openAuditLog } = require(${JSON.stringify(join(__dirname, '../../src/audit/audit-log.ts'))});
      const { systemClock } = require(${JSON.stringify(join(__dirname, '../../src/shared/clock.ts'))});
      const log = openAuditLog({ directory: ${JSON.stringify(directory)}, key: createSecretKey(Buffer.from('${bytes.toString('hex')}', 'hex')), clock: systemClock, onError() {} });
      let count = 0;
      const more = () => {
        for (let i = 0; i < 50; i += 1) {
          log.record({ at: 1, kind: 'MUTATION', caller: 'c', brandId: 'b', operation: 'o', targetHash: String(++count), targetKey: 'k1', fields: [], outcome: 'ok', requestIds: [] });
          process.stdout.write(count + '\\n');
        }
        setImmediate(more);
      };
      more();`;
    const child = spawn(process.execPath, ['-e', script], {
      cwd: join(__dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let operationEvent = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        operationEvent += chunk.toString();
        if (operationEvent.length > 5_000) child.kill('SIGKILL');
      });
      child.on('close', () => {
        resolve();
      });
    });
    const acknowledged = Number(operationEvent.slice(0, operationEvent.lastIndexOf('\n')).split('\n').at(-1));
    const [name = ''] = readdirSync(directory);
    const verdict = verifyAudit(readFileSync(join(directory, name), 'utf8'), { key });
    expect(['open', 'torn']).toContain(verdict.state);
    // One record opens the file.
    expect(verdict.last.sequence - 1).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(100);
  });
});

describe('npm run audit:verify', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
    writeFileSync(join(directory, 'key'), `${bytes.toString('base64')}\n`);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const written = () => {
    const log = openAuditLog({
      directory: join(directory, 'log'),
      key,
      clock: systemClock,
      onError: () => undefined,
    });
    log.record(anAuditEvent());
    log.close();
    return log.path();
  };

  it('reports that a file is whole, with an anchor to keep', () => {
    const path = written();
    const { code, text } = runAuditVerify('--key-file', join(directory, 'key'), path);
    expect([code, text]).toEqual([0, expect.stringMatching(/whole, 3 records, last 3:[0-9a-f]{64}$/)]);
    const [link = ''] = /3:[0-9a-f]{64}/.exec(text) ?? [];
    expect(runAuditVerify('--key-file', join(directory, 'key'), '--anchor', link, path).code).toBe(0);
  });

  it('reports where a file was changed, and exits with 1', () => {
    const path = written();
    writeFileSync(path, readFileSync(path, 'utf8').replace('till-7', 'till-8'));
    const { code, text } = runAuditVerify('--key-file', join(directory, 'key'), path);
    expect([code, text]).toEqual([1, expect.stringMatching(/TAMPERED at line 2/)]);
  });

  it('exits with 1 if an anchor, a key or a file is missing', () => {
    const path = written();
    const anchor = `9:${'0'.repeat(64)}`;
    expect(runAuditVerify('--key-file', join(directory, 'key'), '--anchor', anchor, path)).toEqual({
      code: 1,
      text: expect.stringMatching(/ANCHOR IS MISSING/) as string,
    });
    expect(runAuditVerify(path).code).toBe(1);
    expect(runAuditVerify('--key-file', join(directory, 'none'), path).code).toBe(1);
    expect(runAuditVerify('--key-file', join(directory, 'key'), join(directory, 'none')).code).toBe(1);
    expect(runAuditVerify('--key-file', join(directory, 'key'), '--anchor', 'x', path).code).toBe(1);
  });
});
