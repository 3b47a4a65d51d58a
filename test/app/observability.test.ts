import { createSecretKey, randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyAudit } from '../../src/audit/verify';
import { createObservability } from '../../src/app/observability';
import { systemClock } from '../../src/shared/clock';
import { createAccounts } from '../../src/wechatpay/accounts/accounts';
import { createUpstreamClock } from '../../src/wechatpay/crypto/upstream-clock';

const settings = {
  hosts: { main: 'http://127.0.0.1:1', backup: 'http://127.0.0.1:1' },
  timeouts: { connectMs: 1, headersMs: 1, bodyMs: 1 },
  connections: { max: 1, maxPerBrand: 1 },
  brands: [],
  brandCredentials: [],
  limits: {},
};
const event = {
  at: 1_700_000_000_000,
  kind: 'MUTATION' as const,
  caller: 'till-7',
  brandId: '1004',
  operation: 'updateUserCard',
  targetHash: 'abc',
  targetKey: 'k1',
  fields: [],
  outcome: 'ok',
  requestIds: [],
};

describe('the operators', () => {
  it('see in readiness and metrics that audit records cannot be written, and that they can be again', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'audit-'));
    const directory = join(parent, 'log');
    const key = createSecretKey(randomBytes(32));
    const errors: unknown[] = [];
    const observability = createObservability({
      config: { metrics: { host: '127.0.0.1', port: 0 }, audit: { directory, key } },
      clock: systemClock,
      accounts: createAccounts(settings, systemClock),
      upstreamClock: createUpstreamClock(systemClock),
      onError: (error) => errors.push(error),
    });
    await observability.start();
    const url = `http://127.0.0.1:${observability.port() ?? 0}`;
    const readiness = async () => {
      const response = await fetch(`${url}/readyz`);
      return [response.status, await response.text()];
    };
    observability.audit.record(event);
    expect(await readiness()).toEqual([200, expect.stringContaining('"findings":[]')]);

    // The file is removed while the process uses it, and there is no room for another one.
    const descriptor = readdirSync('/proc/self/fd').find((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`).startsWith(directory);
      } catch {
        return false;
      }
    });
    closeSync(Number(descriptor));
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    expect(() => {
      observability.audit.record(event);
    }).toThrow('could not be written');
    expect(await readiness()).toEqual([
      503,
      expect.stringMatching(/"status":"failing".*"code":"audit.unwritable"/),
    ]);
    expect(errors).toHaveLength(1);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^membercard_audit_failures_total 1$/m);

    rmSync(directory);
    observability.audit.record(event);
    // Records can be written again, and one mutation still lacks its outcome.
    expect(await readiness()).toEqual([
      200,
      expect.stringMatching(
        /"code":"audit.outcomesMissing","level":"warning","detail":"the outcome of 1 mutation/,
      ),
    ]);
    await observability.stop();
    const [name = ''] = readdirSync(directory);
    expect(verifyAudit(readFileSync(join(directory, name), 'utf8'), { key }).state).toBe('whole');
    rmSync(parent, { recursive: true });
  });

  it('find audit records in the log if no directory is configured', async () => {
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const { audit } = createObservability({
      config: {},
      clock: systemClock,
      accounts: createAccounts(settings, systemClock),
      upstreamClock: createUpstreamClock(systemClock),
      onError: (error) => errors.push(error),
      audit(record) {
        if (record.operation === 'untold') throw new Error('the log is closed');
        seen.push(record);
      },
    });
    audit.record(event);
    await audit.recordDurably(event);
    expect(seen).toEqual([event, event]);
    await expect(audit.recordDurably({ ...event, operation: 'untold' })).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
    expect([seen.length, errors.length]).toEqual([2, 1]);
  });
});
