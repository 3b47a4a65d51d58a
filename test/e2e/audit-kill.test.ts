import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { runAuditVerify } from '../support/audit';
import { configFile, type ConfigFile } from '../support/config-on-disk';
import { png } from '../support/pictures';
import { build, serverProcess, type ServerProcess } from '../support/server-process';
import { ofUserCard } from '../support/by-key';

/** A real server process with an audit directory. Its sandbox continues to run when it is killed. */
describe('the audit of a server process', () => {
  let sandbox: Sandbox;
  let file: ConfigFile;
  let server: ServerProcess;
  beforeAll(async () => {
    [sandbox] = await Promise.all([startSandbox({ membersPerBrand: 60 }), build()]);
  }, 300_000);
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    sandbox.faults.set([]);
    sandbox.ledger.clear();
    file = configFile(sandbox);
    file.put('audit.key', randomBytes(32).toString('base64'));
    file.write({ audit: { directory: 'audit', keyFile: 'audit.key' } });
    server = await serverProcess(file.path);
    await server.start();
  });
  afterEach(async () => {
    await server.kill();
    file.remove();
  });

  const auditFiles = (): readonly string[] =>
    readdirSync(join(file.directory, 'audit')).map((name) => join(file.directory, 'audit', name));
  const verified = () => runAuditVerify('--key-file', join(file.directory, 'audit.key'), ...auditFiles());
  const update = async (level: string, language = 'en') => {
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify({
        query:
          'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
        variables: { input: ofUserCard({ brandId, cardId, openid, userCardCode, level }) },
      }),
    });
    const { errors } = (await response.json()) as {
      errors?: readonly {
        readonly message: string;
        readonly extensions: Readonly<Record<string, unknown>>;
      }[];
    };
    return errors?.[0];
  };
  const upload = async () => {
    const response = await fetch(`${server.url}/images?brandId=1004`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(png()),
    });
    return [response.status, await response.json()];
  };
  const arrived = (): number => sandbox.ledger.entries().length;
  const level = (): string | undefined => {
    const { brandId, openid, userCardCode } = sandbox.example;
    return sandbox
      .state()
      .userCardsOf(brandId, openid)
      .find((card) => card.user_card_code === userCardCode)?.level;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  /** From now on no file can grow, as on a full disk; needs no permissions, mounts or quotas. */
  const fillDisk = (room: '0' | 'unlimited'): void => {
    execFileSync('prlimit', ['--pid', String(server.pid()), `--fsize=${room}:`]);
  };

  it.each([
    ['after', 'the effect', true],
    ['before', 'the effect', false],
  ] as const)(
    'that is killed %s %s of a write has its intent, and verify lists it',
    async (when, _, happened) => {
      await update('银卡');
      const earlier = level();
      // The response never arrives, so the process is certainly killed in the middle of the write.
      sandbox.faults.set([{ kind: 'blackHole', when, interface: 'UPDATE_USER_CARD' }]);
      const answer = update('金卡').catch(() => undefined);
      await until(() => (happened ? level() === '金卡' : arrived() > 1));
      await server.kill();
      await answer;
      expect(level()).toBe(happened ? '金卡' : earlier);

      const { code, text } = verified();
      expect(code).toBe(2);
      expect(text).toMatch(/jsonl: good so far, not closed/);
      const [line, ...others] = text.split('\n').filter((one) => one.includes('NO OUTCOME'));
      expect(others).toEqual([]);
      expect(line).toMatch(
        /jsonl:4: NO OUTCOME of updateUserCard for brand 1004 by local at 20\d\d-\S+Z, target [0-9a-f]{64} under key k1, id [0-9a-f-]{36}: the process was killed/,
      );
      const { openid, userCardCode } = sandbox.example;
      for (const secret of [openid, userCardCode, '金卡']) expect(line).not.toContain(secret);
    },
  );

  it('that is killed while idle has no unfinished intents', async () => {
    await update('银卡');
    await server.kill();
    expect(verified()).toEqual({ code: 0, text: expect.stringMatching(/3 records/) as string });
  });

  it('on a full disk refuses writes as "not done", leaves no empty file, and continues when there is space', async () => {
    await update('银卡');
    expect(arrived()).toBe(1);
    fillDisk('0');
    for (let count = 0; count < 20; count += 1)
      expect(await update('金卡')).toMatchObject({
        message: expect.stringMatching(/^Not done: /) as string,
        extensions: { code: 'AUDIT_UNAVAILABLE', retryAfterMs: 5_000 },
      });
    expect((await update('金卡', 'zh'))?.message).toMatch(/^操作未执行：/);
    expect(await upload()).toMatchObject([503, { errors: [{ extensions: { code: 'AUDIT_UNAVAILABLE' } }] }]);
    expect([arrived(), level()]).toEqual([1, '银卡']);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect(auditFiles().map((path) => statSync(path).size > 0)).toEqual([true]);

    fillDisk('unlimited');
    expect(await update('金卡')).toBeUndefined();
    expect((await upload())[0]).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(await server.end()).toBe(0);
    expect(verified().code).toBe(0);
  });

  it('whose disk fills up during a write returns the real outcome, and reports the missing record', async () => {
    sandbox.faults.set([
      { kind: 'delay', when: 'after', interface: 'UPDATE_USER_CARD', delayMs: 500, times: 1 },
    ]);
    const answer = update('金卡');
    await until(() => readFileSync(auditFiles()[0] ?? '', 'utf8').includes('"INTENT"'));
    fillDisk('0');
    expect(await answer).toBeUndefined();
    expect(level()).toBe('金卡');
    fillDisk('unlimited');
    await update('银卡');
    expect(await server.end()).toBe(0);
    expect(server.output()).toMatch(
      /MUTATION \S{36} of updateUserCard with outcome OK could not be written \(EFBIG\)/,
    );
    const { code, text } = verified();
    expect(code).toBe(2);
    expect(text.match(/NO OUTCOME of updateUserCard/g)).toHaveLength(1);
  });
});
