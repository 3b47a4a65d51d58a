import { randomBytes } from 'node:crypto';
import {
  createBulkOperation,
  readBulkOperation,
  settledBulkOperation,
  uploadBulkFile,
} from '../support/bulk-client';
import { configFile, type ConfigFile } from '../support/config-on-disk';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build, clientOf, serverProcess, type ServerProcess } from '../support/server-process';

// Server processes and a new embedded database cost seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

/** A real server, whose keys are changed by SIGHUP and at restarts. */
describe('a change of encryption keys while a bulk operation has rows', () => {
  let sandbox: Sandbox;
  let file: ConfigFile;
  let server: ServerProcess;
  beforeAll(build, 300_000);
  beforeEach(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
    file = configFile(sandbox);
    for (const id of ['k1', 'k2']) file.put(`${id}.key`, randomBytes(32).toString('base64'));
    const { partner } = sandbox.provision;
    file.put('partner.pem', partner.privateKeyPem);
    file.put('apiv3.key', partner.apiV3Key);
    withKeys('k1');
    server = await serverProcess(file.path);
    await server.start();
  });
  afterEach(async () => {
    await server.kill();
    await sandbox.close();
    file.remove();
  });

  const withKeys = (...ids: readonly string[]): void => {
    const { partner, wechatPay } = sandbox.provision;
    file.write({
      database: { directory: 'data' },
      encryptionKeys: ids.map((id) => ({ id, file: `${id}.key` })),
      brands: [{ brandId: sandbox.example.brandId, name: 'the brand', route: 'partner' }],
      partner: {
        mchid: partner.mchid,
        serial: partner.serial,
        privateKeyFile: 'partner.pem',
        publicKeys: [{ id: wechatPay.publicKeyId, file: 'wechatpay.pem' }],
        apiV3KeyFile: 'apiv3.key',
      },
    });
  };
  /** A paused operation whose rows wait. */
  const waiting = async (rows: number) => {
    const app = clientOf(server);
    const { brandId, cardId } = sandbox.example;
    const lines = Array.from(
      { length: rows },
      (_, at) => `131${String(30_000_001 + at)},KEY${String(at).padStart(6, '0')}`,
    );
    const { body } = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${lines.join('\n')}\n`);
    const order = {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: 'keys',
      notBefore: '2000-01-01T00:00:00Z',
    };
    const { id } = await createBulkOperation(app, { ...order, maxPerSecond: 1 });
    while ((await readBulkOperation(app, id)).status !== 'RUNNING') await pause(50);
    await change('Pause', id);
    while ((await readBulkOperation(app, id)).counts.some(({ state }) => state === 'SENT')) await pause(50);
    return id;
  };
  const change = (name: string, id: string) =>
    clientOf(server).ask(
      `mutation($id: ID!) { bulkOperation${name}(input: { bulkOperation: { id: $id } }) { userErrors { code } } }`,
      { id },
    );
  const restart = async (...ids: readonly string[]): Promise<void> => {
    await server.end();
    withKeys(...ids);
    await server.start();
  };
  const logged = async (event: string): Promise<string> => {
    for (;;) {
      const line = server
        .output()
        .split('\n')
        .find((one) => one.includes(`"event":"${event}"`));
      if (line !== undefined) return line;
      await pause(50);
    }
  };

  it('moves them to the new key, and the old one can be removed', async () => {
    const id = await waiting(250);
    withKeys('k2', 'k1');
    process.kill(server.pid(), 'SIGHUP');
    const { moved, unreadable } = JSON.parse(await logged('database.resealed')) as Record<string, number>;
    expect(moved).toBeGreaterThanOrEqual(250);
    expect(unreadable).toBe(0);
    await restart('k2');
    // With the old key, not one of its rows could be read.
    await change('Resume', id);
    let operation = await readBulkOperation(clientOf(server), id);
    while (operation.status !== 'PAUSED' && operation.done < 3) {
      await pause(50);
      operation = await readBulkOperation(clientOf(server), id);
    }
    expect(operation).toMatchObject({ status: 'RUNNING', pauseReason: null });
  });

  it('pauses it and says so if the old key is removed too early; with the key it goes on', async () => {
    const id = await waiting(3);
    await restart('k2');
    await change('Resume', id);
    expect(await settledBulkOperation(clientOf(server), id)).toMatchObject({
      status: 'PAUSED',
      pauseReason: 'ROWS_UNREADABLE',
    });
    await restart('k2', 'k1');
    await logged('database.resealed');
    await change('Resume', id);
    expect(await settledBulkOperation(clientOf(server), id)).toMatchObject({ status: 'COMPLETED', done: 3 });
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
