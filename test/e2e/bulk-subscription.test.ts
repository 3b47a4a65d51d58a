import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-sse';
import { parseKeyFile, printKeyFile } from '../../src/auth/api-key-file';
import type { Config } from '../../src/config/config';
import { bulkFields, createBulkOperation, uploadBulkFile, type BulkState } from '../support/bulk-client';
import { callers } from '../support/callers';
import { doors } from '../support/doors';
import { namedKey } from '../support/key-ring';
import { describeWithPostgres, startPostgres } from '../support/postgres-server';
import { testApp, type TestApp } from '../support/test-app';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

type Headers = Readonly<Record<string, string>>;
const document = `subscription($id: ID!) { bulkOperationUpdated(id: $id) { ${bulkFields} } }`;

let codes = 0;
const newRow = (): string => `133${String(30_000_000 + (codes += 1))},SUB${String(codes).padStart(6, '0')}`;

/** Begins an import as a caller that may write. */
const begin = async (
  app: TestApp,
  headers: Headers,
  { rows, ...order }: { readonly rows: number } & Readonly<Record<string, unknown>>,
): Promise<BulkState> => {
  const { brandId, cardId } = app.sandbox.example;
  const lines = Array.from({ length: rows }, newRow);
  const { body } = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${lines.join('\n')}\n`, headers);
  return createBulkOperation(
    { ask: (query, variables) => app.ask(query, variables, headers) },
    {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: `sub-${codes}`,
      ...order,
    },
  );
};

/** The updates of an operation until it completes, or until `enough` says so. */
const updatesOf = async (
  app: TestApp,
  id: string,
  {
    headers = {},
    enough = () => false,
  }: { readonly headers?: Headers; readonly enough?: (state: BulkState) => boolean } = {},
) => {
  const client = createClient({ url: `${app.url}/stream`, retryAttempts: 0, headers });
  const states: BulkState[] = [];
  const codesSeen: string[] = [];
  for await (const { data, errors } of client.iterate<{ bulkOperationUpdated: BulkState | null }>({
    query: document,
    variables: { id },
  })) {
    for (const { extensions } of errors ?? []) codesSeen.push(String(extensions.code));
    const state = data?.bulkOperationUpdated;
    if (state == null) continue;
    states.push(state);
    if (enough(state)) break;
  }
  client.dispose();
  return { states, codes: codesSeen };
};

describe('bulkOperationUpdated', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bulk-updates-'));
  const brandId = '1004';
  const known = callers({
    writer: [`brand:${brandId}:read`, `brand:${brandId}:write`],
    reader: [`brand:${brandId}:read`],
    mover: [`brand:${brandId}:read`],
    stranger: ['brand:1001622624:read'],
  });
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({ ...config, auth: known.settings, database: { directory } }),
    });
  });
  afterAll(async () => {
    await app.close();
    known.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows the operation now, its progress at most once per second, and completes with it', async () => {
    const began = Date.now();
    const { id } = await begin(app, known.headers.writer, { rows: 30, maxPerSecond: 10 });
    const { states, codes: errors } = await updatesOf(app, id, { headers: known.headers.reader });
    expect(errors).toEqual([]);
    expect(states[0]).toMatchObject({ id, total: 30 });
    expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', done: 30 });
    const done = states.map((state) => state.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(states.some((state) => state.done > 0 && state.done < 30)).toBe(true);
    // Thirty rows ended one by one.
    expect(states.length).toBeLessThanOrEqual((Date.now() - began) / 1_000 + 2);
    // An operation that has ended is shown once. A browser is told not to come back.
    const again = await fetch(`${app.url}/stream`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...known.headers.reader },
      body: JSON.stringify({ query: document, variables: { id } }),
    });
    const text = await again.text();
    expect(text.match(/event: next/g)).toHaveLength(1);
    expect(text).toMatch(/^(:\n\n)*retry: 2147483647\nevent: next/);
    expect(text).toContain('event: complete');
  });

  it('is the same on every transport, and for callers that may read the brand', async () => {
    const { id } = await begin(app, known.headers.writer, {
      rows: 1,
      notBefore: '2099-01-01T00:00:00+08:00',
    });
    const ask = async (of: keyof typeof known.headers, name: string) => {
      const request = { query: document, variables: { id: name } };
      const probe = { request: { query: request, subscription: request }, headers: known.headers[of] };
      return Promise.all(
        doors
          .filter(({ takes }) => takes === 'subscription')
          .map((door) => door.send(new URL('/', app.url).origin, probe)),
      );
    };
    expect(new Set(await ask('reader', id))).toEqual(new Set(['ok']));
    expect(new Set(await ask('stranger', id))).toEqual(new Set(['NOT_FOUND']));
    expect(new Set(await ask('reader', 'none'))).toEqual(new Set(['NOT_FOUND']));
  });

  it('ends before the next update if the caller loses the brand', async () => {
    const { writer, mover } = known.headers;
    const { id } = await begin(app, writer, { rows: 1, notBefore: '2099-01-01T00:00:00+08:00' });
    const seen = updatesOf(app, id, { headers: mover });
    await new Promise((resolve) => setTimeout(resolve, 500));
    writeFileSync(
      known.file,
      printKeyFile(
        parseKeyFile(readFileSync(known.file, 'utf8')).map((key) =>
          key.caller === 'mover' ? { ...key, scopes: ['brand:1001622624:read'] } : key,
        ),
      ),
    );
    // The file is checked once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await app.ask(
      'mutation($id: ID!) { bulkOperationCancel(input: { bulkOperation: { id: $id } }) { userErrors { code } } }',
      { id },
      writer,
    );
    const { states, codes: errors } = await seen;
    expect(errors).toEqual(['NOT_FOUND']);
    expect(states.map(({ status }) => status)).not.toContain('CANCELED');
  });
});

describeWithPostgres('bulkOperationUpdated in a fleet', () => {
  it('shows on one process what was done on another', async () => {
    const server = await startPostgres();
    const database: NonNullable<Config['database']> = { url: await server.newDatabase() };
    // Either may take the operation up and read its rows.
    const encryptionKeys = [namedKey('k1')];
    const ofFleet = (config: Config): Config => ({ ...config, database, encryptionKeys });
    const one = await testApp({ change: ofFleet });
    const other = await testApp({ upstream: one.sandbox, change: ofFleet });
    try {
      const { id } = await begin(one, {}, { rows: 1, notBefore: '2099-01-01T00:00:00+08:00' });
      let isPaused = false;
      const { states } = await updatesOf(other, id, {
        enough(state) {
          if (state.status === 'RUNNING' && !isPaused) {
            isPaused = true;
            void one.ask(
              'mutation($id: ID!) { bulkOperationPause(input: { bulkOperation: { id: $id } }) { userErrors { code } } }',
              { id },
            );
          }
          return state.status === 'PAUSED';
        },
      });
      expect(states.at(-1)).toMatchObject({ id, status: 'PAUSED', pauseReason: 'REQUESTED' });
    } finally {
      await other.close();
      await one.close();
      await server.close();
    }
  });
});
