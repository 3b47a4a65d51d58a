import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config';
import type { Fault } from '../../src/sandbox/faults';
import {
  bulkFields,
  createBulkOperation,
  readBulkOperation,
  settledBulkOperation,
  uploadBulkFile,
  type BulkState,
} from '../support/bulk-client';
import { namedKey } from '../support/key-ring';
import { describeWithPostgres, startPostgres, type PostgresServer } from '../support/postgres-server';

import { createRandom, seedFromEnvironment } from '../support/random';
import { describeWithDisk, smallDisk, type SmallDisk } from '../support/small-disk';
import { testApp, type TestApp } from '../support/test-app';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

const seed = seedFromEnvironment();
const random = createRandom(seed).next;
const importing = 'IMPORT_USER_CARD_BY_PHONE';

let members = 0;
const newMembers = (count: number) =>
  Array.from({ length: count }, () => {
    const number = (members += 1);
    return { phone: `134${String(30_000_000 + number)}`, code: `FAULT${String(number).padStart(6, '0')}` };
  });

/** An operation over new members. */
const begin = async (app: TestApp, rows: number, order: object = {}) => {
  const { brandId, cardId } = app.sandbox.example;
  const own = newMembers(rows);
  const lines = own.map(({ phone, code }) => `${phone},${code}`);
  const { body } = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${lines.join('\n')}\n`);
  const { id } = await createBulkOperation(app, {
    kind: 'IMPORT_BY_PHONE',
    cardTemplate: { key: { brandId, cardId } },
    fileId: body.fileId,
    idempotencyKey: `faults-${members}`,
    ...order,
  });
  return { id, own };
};
const change = async (app: TestApp, name: string, id: string): Promise<BulkState | undefined> => {
  const { data } = await app.ask<Record<string, { readonly bulkOperation: BulkState } | undefined>>(
    `mutation($id: ID!) { bulkOperation${name}(input: { bulkOperation: { id: $id } }) { bulkOperation { ${bulkFields} } } }`,
    { id },
  );
  return data?.[`bulkOperation${name}`]?.bulkOperation;
};
const countOf = ({ counts }: BulkState, code: string): number =>
  counts.find((one) => one.code === code)?.count ?? 0;
/** Every member has one card, every row has succeeded, and only rows in doubt were asked for again. */
const provesOnce = (
  app: TestApp,
  { own, ended, inDoubt }: { own: ReturnType<typeof newMembers>; ended: BulkState; inDoubt: number },
): void => {
  expect(ended).toMatchObject({ status: 'COMPLETED', done: own.length });
  expect(new Set(ended.counts.map(({ state }) => state))).toEqual(new Set(['SUCCEEDED']));
  const { cardId } = app.sandbox.example;
  const cards = own.map(({ phone }) => app.sandbox.state().cardOfPhone(cardId, phone));
  expect(cards.map((card) => card?.user_card_code)).toEqual(own.map(({ code }) => code));
  expect(countOf(ended, 'IMPORTED_OPENID_UNKNOWN')).toBeLessThanOrEqual(inDoubt);
};

/** What goes wrong, how often, and whether WeChat Pay has carried the call out. */
const upstreamFaults: readonly (readonly [name: string, fault: Omit<Fault, 'interface'>])[] = [
  ['answers with HTTP 500', { kind: 'systemError', times: 4 }],
  ['answers with HTTP 500 although it has imported', { kind: 'systemError', when: 'after', times: 3 }],
  ['does not answer', { kind: 'blackHole', times: 3 }],
  ['does not answer although it has imported', { kind: 'blackHole', when: 'after', times: 3 }],
  ['cuts the connection although it has imported', { kind: 'reset', when: 'after', times: 3 }],
  ['answers with 429', { kind: 'rateLimited', times: 4 }],
  ['signs its answers wrong', { kind: 'badSignature', times: 3 }],
  ['signs with an expired certificate', { kind: 'expiredCertificate', times: 3 }],
];

describe('a bulk operation while something fails', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bulk-faults-'));
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        database: { directory },
        wechatPay: { ...config.wechatPay, timeouts: { connectMs: 2_000, headersMs: 2_000, bodyMs: 2_000 } },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });
  afterEach(() => {
    app.sandbox.faults.set([]);
  });

  it.each(upstreamFaults)('imports each member once if WeChat Pay %s', async (_, fault) => {
    app.sandbox.faults.set([{ ...fault, interface: importing }]);
    const { id, own } = await begin(app, 8);
    const ended = await settledBulkOperation(app, id);
    expect(app.sandbox.faults.list()).toEqual([]);
    provesOnce(app, { own, ended, inDoubt: fault.times ?? 0 });
  });

  it('does not send a row in doubt again after a newer operation or mutation of its card', async () => {
    const { brandId, cardId } = app.sandbox.example;
    const imported = await begin(app, 2);
    await settledBulkOperation(app, imported.id);
    const cards = () => imported.own.map(({ phone }) => app.sandbox.state().cardOfPhone(cardId, phone));
    const [one, other] = cards();
    if (one === undefined || other === undefined) throw new Error('the sandbox has too few cards');
    const update = async (level: string, of: readonly (typeof one)[]): Promise<string> => {
      const lines = of.map((card) => `${card.openid},${card.user_card_code},${level}\n`);
      const { body } = await uploadBulkFile(app, brandId, `openid,会员卡号,等级\n${lines.join('')}`);
      const { id } = await createBulkOperation(app, {
        kind: 'UPDATE_USER_CARDS',
        cardTemplate: { key: { brandId, cardId } },
        fileId: body.fileId,
        idempotencyKey: `faults-of-${String(of.length)}`,
      });
      return id;
    };
    const levels = () => cards().map((card) => card?.level);
    app.sandbox.faults.set([{ kind: 'systemError', interface: 'UPDATE_USER_CARD' }]);
    const before = app.arrived('UPDATE_USER_CARD');
    const id = await update('夜间', [one, other]);
    const isTried = async (): Promise<boolean> => {
      const { counts } = await readBulkOperation(app, id);
      const [only, more] = counts;
      return app.arrived('UPDATE_USER_CARD') >= before + 2 && only?.state === 'PENDING' && more === undefined;
    };
    while (!(await isTried())) await pause(20);
    await change(app, 'Pause', id);
    // The rows that were under way have ended.
    while ((await readBulkOperation(app, id)).counts.some(({ state }) => state === 'SENT')) await pause(20);
    app.sandbox.faults.set([]);
    await app.ask(
      'mutation($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
      {
        input: {
          userCard: { key: { brandId, cardId, openid: one.openid, userCardCode: one.user_card_code } },
          level: '人工',
        },
      },
    );
    const later = await settledBulkOperation(app, await update('更新', [other]));
    expect(later).toMatchObject({ status: 'COMPLETED', counts: [{ state: 'SUCCEEDED', count: 1 }] });
    expect(levels()).toEqual(['人工', '更新']);
    await change(app, 'Resume', id);
    const ended = await settledBulkOperation(app, id);
    expect(ended).toMatchObject({ status: 'COMPLETED', counts: [{ state: 'SUPERSEDED', count: 2 }] });
    expect(levels()).toEqual(['人工', '更新']);
  });

  it('marks each row as sent before its call', async () => {
    app.sandbox.faults.set([{ kind: 'delay', delayMs: 1_500, interface: importing }]);
    const seen = new Set<string>();
    // On a busy machine a row may be final before its state is read.
    for (let rows = 0; rows < 5 && !seen.has('SENT'); rows += 1) {
      const { id } = await begin(app, 1);
      let operation = await readBulkOperation(app, id);
      while (operation.done === 0) {
        for (const { state } of operation.counts) seen.add(state);
        await pause(20);
        operation = await readBulkOperation(app, id);
      }
    }
    // A process that is killed now leaves this behind.
    expect([...seen]).toContain('SENT');
  });

  it('pauses if the template ends in the middle; canceled, every row is final', async () => {
    const { id, own } = await begin(app, 12, { maxPerSecond: 5 });
    while ((await readBulkOperation(app, id)).done < 3) await pause(20);
    const { brandId, cardId } = app.sandbox.example;
    const state = app.sandbox.state();
    const template = state.template(brandId, cardId);
    if (template === undefined) throw new Error('the sandbox has no template');
    state.putTemplate({ ...template, state: 'CARD_INVALID' });
    expect(await settledBulkOperation(app, id)).toMatchObject({
      status: 'PAUSED',
      pauseReason: 'TEMPLATE_NOT_USABLE',
    });
    const sent = app.arrived(importing);
    const ended = await change(app, 'Cancel', id);
    expect(ended).toMatchObject({ status: 'CANCELED', done: own.length });
    expect(new Set(ended?.counts.map(({ state }) => state))).toEqual(new Set(['SUCCEEDED', 'CANCELED']));
    expect(app.arrived(importing)).toBe(sent);
    state.putTemplate(template);
  });

  it(`imports each member once however often it is paused and resumed (seed ${seed})`, async () => {
    const { id, own } = await begin(app, 25);
    for (let times = 0; times < 8; times += 1) {
      await pause(random() * 300);
      await change(app, 'Pause', id);
      await pause(random() * 100);
      await change(app, 'Resume', id);
    }
    provesOnce(app, { own, ended: await settledBulkOperation(app, id), inDoubt: 0 });
  });
});

describeWithPostgres('a bulk operation over PostgreSQL', () => {
  let server: PostgresServer;
  let app: TestApp;
  let other: TestApp;
  let ofFleet: (config: Config) => Config;
  beforeAll(async () => {
    server = await startPostgres();
    const database: NonNullable<Config['database']> = { url: await server.newDatabase() };
    const encryptionKeys = [namedKey('k1')];
    ofFleet = (config) => ({ ...config, database, encryptionKeys });
    app = await testApp({ change: ofFleet });
    other = await testApp({ upstream: app.sandbox, change: ofFleet });
  });
  afterAll(async () => {
    await other.close();
    await app.close();
    await server.close();
  });

  it('imports each member once although the database is killed and comes back', async () => {
    const { id, own } = await begin(app, 30);
    while ((await readBulkOperation(app, id)).done < 5) await pause(20);
    await server.kill();
    await pause(1_000);
    await server.start();
    let ended: BulkState | undefined;
    while (ended === undefined) ended = await settledBulkOperation(app, id).catch(() => undefined);
    provesOnce(app, { own, ended, inDoubt: 24 });
  });

  it('goes on in another process if its own one stops', async () => {
    const leaving = await testApp({ upstream: app.sandbox, change: ofFleet });
    const { id, own } = await begin(leaving, 30, { maxPerSecond: 10 });
    while ((await readBulkOperation(leaving, id)).done < 3) await pause(20);
    await leaving.close();
    provesOnce(other, { own, ended: await settledBulkOperation(other, id), inDoubt: 0 });
  });
});

describeWithDisk('a bulk operation whose disk is full', () => {
  let disk: SmallDisk;
  beforeAll(() => {
    disk = smallDisk(160);
  });
  afterAll(() => {
    disk.remove();
  });

  it('waits, and goes on when there is space again', async () => {
    const app = await testApp({
      change: (config) => ({ ...config, database: { directory: join(disk.directory, 'data') } }),
    });
    try {
      const { id, own } = await begin(app, 120);
      while ((await readBulkOperation(app, id)).done < 5) await pause(20);
      disk.fill();
      let isFull = false;
      while (!isFull) {
        await pause(50);
        const state = await readBulkOperation(app, id).catch((error: unknown) => String(error));
        isFull = typeof state === 'string' && state.includes('DATABASE_UNAVAILABLE');
        if (typeof state !== 'string') expect(state.status).toBe('RUNNING');
      }
      disk.free();
      let ended: BulkState | undefined;
      while (ended === undefined) ended = await settledBulkOperation(app, id).catch(() => undefined);
      provesOnce(app, { own, ended, inDoubt: 24 });
    } finally {
      await app.close();
    }
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
