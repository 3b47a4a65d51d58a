import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyFiles } from '../../src/cli/audit-verify';
import { reloadingApp, until, type ReloadingApp } from '../support/reloading-app';

interface Answered {
  readonly data?: Readonly<Record<string, { readonly id?: string; readonly level?: string } | null>> | null;
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions?: { readonly consistency?: string };
}

const limits = { GET_USER_CARD: { brand: '100' }, UPDATE_USER_CARD: { brand: '100' } };
const listed = (...ids: readonly string[]) => ids.map((id) => ({ id, file: `${id}.key` }));
const bothKeys = ['--key-file', 'audit-1.key', '--key-file', 'audit-2.key'];

describe('encryption keys and the audit key that change while the server runs', () => {
  let running: ReloadingApp;
  const change = (encryptionKeys: readonly object[], auditKey = 'audit-1.key'): void => {
    running.file.write({ limits, encryptionKeys, audit: { directory: 'audit', keyFile: auditKey } });
  };
  beforeEach(async () => {
    running = await reloadingApp((file) => {
      for (const name of ['k1', 'k2', 'audit-1', 'audit-2'])
        file.put(`${name}.key`, randomBytes(32).toString('base64'));
      file.write({
        limits,
        encryptionKeys: listed('k1'),
        audit: { directory: 'audit', keyFile: 'audit-1.key' },
      });
    });
    await fetch(`${running.sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: { GET_USER_CARD: 500, UPDATE_USER_CARD: 500 } }),
    });
  });
  let stopClients = (): Promise<unknown> => Promise.resolve();
  afterEach(async () => {
    await stopClients();
    await running.close();
  });

  const ask = async (query: string, headers = {}): Promise<Answered> =>
    JSON.parse(await running.ask(query, headers)) as Answered;
  const card = (): string => {
    const { brandId, cardId, openid, userCardCode } = running.sandbox.example;
    return `{ key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }`;
  };
  const write = () =>
    ask(
      `mutation { updateUserCard(input: { userCard: ${card()}, level: "金卡" }) { userErrors { message } } }`,
    );
  const read = (token = '') =>
    ask(`{ userCard(by: ${card()}, maxAgeSeconds: 0) { id level } }`, { 'consistency-token': token });
  const byId = (id: string) => ask(`{ node(id: "${id}") { id ... on UserCard { level } } }`);
  const idNow = async (): Promise<string> => (await read()).data?.userCard?.id ?? '';
  const auditFiles = (): readonly string[] => readdirSync(join(running.file.directory, 'audit'));
  const verified = (...keys: readonly string[]) => {
    const inDirectory = (name: string) => (name.startsWith('--') ? name : join(running.file.directory, name));
    const lines: string[] = [];
    const argv = [...keys, ...auditFiles().map((name) => `audit/${name}`)].map(inDirectory);
    return { code: verifyFiles(argv, (line) => lines.push(line)), lines };
  };

  it('are replaced under load without a failed request, and ids made with the old ones stay valid', async () => {
    const failures: string[] = [];
    let [answers, writes] = [0, 0];
    let stopped = false as boolean;
    const succeed = (answer: Answered): Answered => {
      answers += 1;
      if (answer.errors !== undefined) failures.push(JSON.stringify(answer.errors));
      return answer;
    };
    const clients = Array.from({ length: 6 }, async () => {
      while (!stopped) {
        const { extensions } = succeed(await write());
        writes += 1;
        const { data } = succeed(await read(extensions?.consistency));
        if (succeed(await byId(data?.userCard?.id ?? '')).data?.node?.level !== '金卡')
          failures.push('the id of an answer did not lead to its object');
      }
    });
    stopClients = () => {
      stopped = true;
      return Promise.all(clients);
    };
    const more = async (): Promise<void> => {
      const before = answers;
      await until(() => answers > before + 40);
    };
    await more();
    const [id, token] = [await idNow(), (await write()).extensions?.consistency ?? ''];
    writes += 1;

    for (const [keys, auditKey, applied] of [
      [['k1', 'k2'], 'audit-1.key', ['encryptionKeys']],
      [['k2', 'k1'], 'audit-2.key', ['audit key', 'encryptionKeys']],
    ] as const) {
      // No signal, because the files are watched.
      change(listed(...keys), auditKey);
      await until(() => running.applied.at(-1)?.join() === applied.join());
      expect(running.applied.length).toBeGreaterThan(0);
      running.applied.length = 0;
      expect((await byId(id)).data?.node?.level).toBe('金卡');
      expect((await read(token)).errors).toBeUndefined();
      // Normalised caches of clients name objects by their ids.
      expect(await idNow()).toBe(id);
      await more();
    }

    change(listed('k2'), 'audit-2.key');
    await until(() => running.applied.length > 0);
    await more();
    await stopClients();
    expect(failures).toEqual([]);

    expect((await byId(id)).data?.node).toMatchObject({ id });
    expect((await read(token)).errors?.[0]?.message).toMatch(/consistency-token must be the value/);

    await running.app.stop();
    expect(verified(...bothKeys)).toMatchObject({
      code: 0,
      lines: [expect.stringMatching(/: whole/), expect.stringMatching(/: whole/)],
    });
    expect(verified('--key-file', 'audit-2.key').code).toBe(1);
    const entered = auditFiles().flatMap((name) =>
      readFileSync(join(running.file.directory, 'audit', name), 'utf8').match(/"kind":"MUTATION"/g),
    );
    expect(entered).toHaveLength(writes);
  }, 60_000);

  it('leave no cached response of before', async () => {
    const question = `{ userCard(by: ${card()}) { id level } }`;
    const callsOf = async (): Promise<number> => {
      const before = running.calls();
      await ask(question);
      return running.calls() - before;
    };
    // Executed, executed from the cache, and then served whole.
    expect([await callsOf(), await callsOf(), await callsOf()]).toEqual([1, 1, 0]);
    change(listed('k2', 'k1'));
    await running.reloading.now();
    expect(await callsOf()).toBe(1);
  });

  it('of the ids waits for a restart, and every id stays the same until then', async () => {
    const id = await idNow();
    running.file.put('ids.key', randomBytes(32).toString('base64'));
    expect(await running.app.reload(running.load)).toEqual({ applied: [], atNextStart: ['ids'] });
    expect(await idNow()).toBe(id);
    expect((await byId(id)).data?.node).not.toBeNull();
  });

  it('are refused, with all other changes, if no audit file can be created', async () => {
    running.reloading.stop();
    const directory = join(running.file.directory, 'audit');
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    change(listed('k2', 'k1'), 'audit-2.key');
    await running.reloading.now();
    expect(running.applied).toEqual([]);
    expect(running.refused).toEqual([
      [expect.stringMatching(/^audit: no file can be begun under the new key/)],
    ]);
    // The file of the former key is gone with its directory, so nothing is done either.
    expect((await write()).errors?.[0]?.message).toMatch(/audit log cannot be written/);
  });

  it('are refused if an id belongs to another key than before', async () => {
    running.reloading.stop();
    running.file.put('k1.key', randomBytes(32).toString('base64'));
    const id = await idNow();
    await running.reloading.now();
    expect(running.refused).toEqual([
      [expect.stringMatching(/^encryptionKeys: k1 names another key than before/)],
    ]);
    expect(running.refused.join()).not.toMatch(readFileSync(join(running.file.directory, 'k1.key'), 'utf8'));
    expect((await byId(id)).data?.node).not.toBeNull();
  });

  it('are refused if one is not a key, and no other change is applied', async () => {
    running.reloading.stop();
    running.file.put('k2.key', 'rubbish');
    running.file.write({ limits: {}, encryptionKeys: listed('k2', 'k1') });
    await running.reloading.now();
    expect([running.applied, running.refused.join()]).toEqual([
      [],
      expect.stringMatching(/encryptionKeys\[0\]\.file: must be 32 bytes in base64/),
    ]);
  });

  it('apply a new or removed audit section at the next start only', async () => {
    running.reloading.stop();
    running.file.write({ limits, encryptionKeys: listed('k1') });
    expect(await running.app.reload(running.load)).toEqual({ applied: [], atNextStart: ['audit'] });
    change(listed('k1'), 'audit-2.key');
    expect(await running.app.reload(running.load)).toEqual({ applied: ['audit key'], atNextStart: [] });
    expect(auditFiles()).toHaveLength(2);
  });
});
