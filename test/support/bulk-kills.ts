import { systemClock } from '../../src/shared/clock';
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
  /** After each kill, how long the sandbox waited for the next row, ms. Kills of a database have its start in them. */
  readonly pausesMs: readonly number[];
  /** An update and a comparison at the same time, killed once in the middle. */
  readonly changes: ChangesResult;
}

export interface ChangesResult {
  readonly rows: number;
  readonly update: BulkState;
  readonly compare: BulkState;
  /** How many updates the sandbox has carried out. */
  readonly updated: number;
  /** Codes of cards that do not have the level of the file. */
  readonly wrong: readonly string[];
  /** How many cards were read for the comparison, and for the rows in doubt. */
  readonly reads: number;
  /** What `maxRowsPerDay` allowed the comparison. */
  readonly budget: number;
  /** Card codes of the file of differences, and those that it has to name. */
  readonly differences: readonly string[];
  readonly expected: readonly string[];
}

/** Numbers that end in 0000 have no WeChat account in the sandbox, and are left out. */
const phoneOf = (index: number): string => `137${String(20_000_001 + index + Math.floor(index / 9_999))}`;
const codeOf = (index: number): string => `KILL${String(index).padStart(6, '0')}`;

/** Rows of the update, and of the comparison. */
const maxChanges = 24;
/** Rows that one process has under way at most. */
const maxUnderWay = 24;

/** Imports a file while its server is killed again and again (kill -9), and started again; then changes and compares its cards. */
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
  const [first] = servers as [ServerProcess, ...ServerProcess[]];
  const app = clientOf(first);
  const victimOf = (): ServerProcess => servers[Math.floor(random() * servers.length)] ?? first;
  const begin = async (content: string, order: Readonly<Record<string, unknown>>): Promise<BulkState> => {
    const { body } = await uploadBulkFile(app, brandId, content);
    return createBulkOperation(app, {
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: `kills-${String(order.kind)}`,
      ...order,
    });
  };
  /** Looks until it has ended. */
  const settled = async ({ id }: BulkState): Promise<BulkState> => {
    for (;;) {
      await pause(200);
      // The database may have been killed a moment ago.
      const operation = await readBulkOperation(app, id).catch(() => undefined);
      if (operation !== undefined && !['VALIDATING', 'RUNNING'].includes(operation.status)) return operation;
    }
  };
  const callsOf = (name: string) => sandbox.ledger.entries({ interface: name });
  const doneOf = (name: string): number => callsOf(name).filter(({ status }) => status === 200).length;

  const changeWithKill = async (): Promise<ChangesResult> => {
    const count = Math.min(maxChanges, Math.floor(rows / 2));
    const budget = count + maxUnderWay;
    const cardOf = (index: number) => sandbox.state().cardOfPhone(cardId, phoneOf(index));
    const linesFrom = (from: number, level: string): string =>
      Array.from(
        { length: count },
        (_, index) => `${cardOf(from + index)?.openid ?? ''},${codeOf(from + index)},${level}\n`,
      ).join('');
    const header = 'openid,会员卡号,会员等级\n';
    const before = callsOf('GET_USER_CARD').length;
    const [update, compare] = await Promise.all([
      begin(header + linesFrom(0, '金卡'), { kind: 'UPDATE_USER_CARDS', maxPerSecond: 5 }),
      begin(header + linesFrom(count, '钻石卡'), { kind: 'COMPARE', maxPerSecond: 5, maxRowsPerDay: budget }),
    ]);
    while (callsOf('UPDATE_USER_CARD').length < Math.ceil(count / 3)) await pause(5);
    for (const server of servers) await server.kill();
    for (const server of servers) await server.start();
    const [updated, compared] = [await settled(update), await settled(compare)];
    const { data } = await app.ask<{ readonly node: { readonly path: string } }>(
      'query($id: ID!) { node(id: $id) { ... on BulkOperation { path: differencesPath } } }',
      { id: compare.id },
    );
    const differences = await (await fetch(first.url + String(data?.node.path))).text();
    return {
      rows: count,
      update: updated,
      compare: compared,
      updated: doneOf('UPDATE_USER_CARD'),
      wrong: Array.from({ length: count }, (_, index) => index)
        .filter((index) => cardOf(index)?.level !== '金卡')
        .map(codeOf),
      reads: callsOf('GET_USER_CARD').length - before,
      budget,
      differences: [...differences.matchAll(/KILL\d{6}/g)].map(([code]) => code),
      expected: Array.from({ length: count }, (_, index) => codeOf(count + index)),
    };
  };

  try {
    await Promise.all(servers.map((server) => server.start()));
    const lines = Array.from({ length: rows }, (_, index) => `${phoneOf(index)},${codeOf(index)}`);
    const operation = await begin(`手机号,会员卡号\n${lines.join('\n')}\n`, { kind: 'IMPORT_BY_PHONE' });
    const importing = 'IMPORT_USER_CARD_BY_PHONE';
    const killedAt: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      // At random moments, but spread over the rows, so that there are rows under way.
      const at = Math.floor((rows * (kill - random())) / (kills + 1));
      while (callsOf(importing).length < at) await pause(5);
      const victim = victimOf();
      const choice = databaseServer === undefined ? 0 : Math.floor(random() * 3);
      killedAt.push(systemClock.now());
      if (choice !== 1) await victim.kill();
      if (choice !== 0) await databaseServer?.kill();
      if (choice !== 0) await databaseServer?.start();
      if (choice !== 1) await victim.start();
    }
    const ended = await settled(operation);
    const arrivals = callsOf(importing);
    return {
      operation: ended,
      imported: doneOf(importing),
      refused: arrivals.filter(({ status, code }) => status !== 200 && code !== 'RATELIMIT_EXCEEDED').length,
      missing: lines
        .map((line) => line.slice(0, 11))
        .filter((phone) => sandbox.state().cardOfPhone(cardId, phone) === undefined),
      pausesMs: killedAt.flatMap((at) => {
        const next = arrivals.find((entry) => entry.at > at);
        return next === undefined ? [] : [next.at - at];
      }),
      changes: await changeWithKill(),
    };
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    file.remove();
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
