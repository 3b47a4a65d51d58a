import { configFile } from './config-on-disk';
import { createBulkOperation, readBulkOperation, uploadBulkFile, type BulkState } from './bulk-client';
import type { Sandbox } from './sandbox';
import { clientOf, serverProcess, type ServerProcess } from './server-process';

export interface KillRun {
  readonly sandbox: Sandbox;
  /** The section `database` of the configuration. */
  readonly database: Readonly<Record<string, unknown>>;
  readonly rows: number;
  readonly kills: number;
  /** From 0 to 1, by a seed that the caller prints. */
  readonly random: () => number;
  /** A database of its own process, which is killed too: it, a server, or both. */
  readonly databaseServer?: { readonly kill: () => Promise<void>; readonly start: () => Promise<void> };
  /** Server processes that share the database. Default: 1. */
  readonly processes?: number;
}

export interface KillResult {
  readonly operation: BulkState;
  /** How many imports the sandbox has carried out, and how many it refused. */
  readonly imported: number;
  readonly refused: number;
  /** Phones of the file that have no card. */
  readonly missing: readonly string[];
}

// Numbers that end in 0000 have no WeChat account in the sandbox.
const phoneOf = (index: number): string => `137${String(20_000_001 + index)}`;

/** Imports a file while its server is killed again and again (kill -9), and started again. */
export const importWithKills = async (run: KillRun): Promise<KillResult> => {
  const { sandbox, database, rows, kills, random, databaseServer, processes = 1 } = run;
  const { brandId, cardId } = sandbox.example;
  const file = configFile(sandbox);
  const { partner, wechatPay } = sandbox.provision;
  file.put('partner.pem', partner.privateKeyPem);
  file.put('apiv3.key', partner.apiV3Key);
  file.write({
    database,
    brands: [{ brandId, name: 'the brand', route: 'partner' }],
    partner: {
      mchid: partner.mchid,
      serial: partner.serial,
      privateKeyFile: 'partner.pem',
      publicKeys: [{ id: wechatPay.publicKeyId, file: 'wechatpay.pem' }],
      apiV3KeyFile: 'apiv3.key',
    },
  });
  const servers = await Promise.all(Array.from({ length: processes }, () => serverProcess(file.path)));
  try {
    await Promise.all(servers.map((server) => server.start()));
    const [first] = servers as [ServerProcess, ...ServerProcess[]];
    const app = clientOf(first);
    const lines = Array.from(
      { length: rows },
      (_, index) => `${phoneOf(index)},KILL${String(index).padStart(6, '0')}`,
    );
    const { body } = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${lines.join('\n')}\n`);
    const { id } = await createBulkOperation(app, {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: 'kills',
    });
    const imports = () => sandbox.ledger.entries({ interface: 'IMPORT_USER_CARD_BY_PHONE' });
    for (let kill = 1; kill <= kills; kill += 1) {
      // At random moments, but spread over the rows, so that there are rows under way.
      const at = Math.floor((rows * (kill - random())) / (kills + 1));
      while (imports().length < at) await pause(5);
      const victim = servers[Math.floor(random() * servers.length)] ?? first;
      const choice = databaseServer === undefined ? 0 : Math.floor(random() * 3);
      if (choice !== 1) await victim.kill();
      if (choice !== 0) await databaseServer?.kill();
      if (choice !== 0) await databaseServer?.start();
      if (choice !== 1) await victim.start();
    }
    let operation: BulkState | undefined;
    while (operation === undefined || ['VALIDATING', 'RUNNING'].includes(operation.status)) {
      await pause(200);
      // The database may have been killed a moment ago.
      operation = await readBulkOperation(app, id).catch(() => undefined);
    }
    const done = imports().filter(({ status }) => status === 200);
    return {
      operation,
      imported: done.length,
      refused: imports().filter(({ status, code }) => status !== 200 && code !== 'RATELIMIT_EXCEEDED').length,
      missing: lines
        .map((line) => line.slice(0, 11))
        .filter((phone) => sandbox.state().cardOfPhone(cardId, phone) === undefined),
    };
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    file.remove();
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
