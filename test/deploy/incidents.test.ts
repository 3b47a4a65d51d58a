import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingKinds } from '../../src/operating/finding-kinds';
import { firesWithinAMinute, type Scrape } from '../support/alerts-from-scrapes';
import { writeConfig } from '../support/config-file';
import { freePort } from '../support/free-port';
import { deployFolder, prometheus } from '../support/manifests';
import { describeWithPostgres, startPostgres, type PostgresServer } from '../support/postgres-server';
import { itWithPromtool } from '../support/promtool';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build, serverProcess, type ServerProcess } from '../support/server-process';

interface Incident {
  /** As the tables in deploy/ name it. */
  readonly names: readonly [english: string, chinese: string];
  readonly finding: keyof typeof findingKinds;
  readonly log: readonly [event: string, level: 40 | 50];
  readonly alert: string;
  readonly inject: () => Promise<void> | void;
  /** Repeated until the incident is found: on a busy machine, reads may reach their deadline before they are sent. */
  readonly meanwhile?: () => Promise<void>;
  readonly repair: () => Promise<void> | void;
}

/** Injected into a real process with real stores. deploy/README.md has the table. */
describeWithRedis('incidents', () => {
  describeWithPostgres('of every kind', () => {
    let sandbox: Sandbox;
    let redis: RedisServer;
    let postgres: PostgresServer;
    let server: ServerProcess;
    let file: string;
    let directory: string;
    let operators: string;
    let reads = 0;

    beforeAll(async () => {
      let port;
      [sandbox, redis, postgres, port] = await Promise.all([
        startSandbox({ membersPerBrand: 3 }),
        startRedis(),
        startPostgres(),
        freePort(),
        build(),
      ]);
      operators = `http://127.0.0.1:${port}`;
      ({ file, directory } = writeConfig(sandbox, {
        server: { queryDeadlineMs: 1_000 },
        metrics: { host: '127.0.0.1', port },
        redis: { url: redis.url },
        database: { url: postgres.url },
      }));
      server = await serverProcess(file);
    }, 300_000);
    // Each in a process of its own, because what is told of one incident lasts for a minute.
    beforeEach(() => server.start());
    afterEach(() => server.end());
    afterAll(async () => {
      await Promise.all([sandbox.close(), redis.close(), postgres.close()]);
      rmSync(directory, { recursive: true });
    });

    /** Reads cards of a brand that no cache holds. */
    const read = async (count: number, brandId = '1004'): Promise<void> => {
      const { cardId, openid } = sandbox.example;
      await Promise.all(
        Array.from({ length: count }, async () => {
          const by = `{ key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "n${(reads += 1)}" } }`;
          const response = await fetch(`${server.url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ query: `{ userCard(by: ${by}) { level } }` }),
          });
          await response.text();
        }),
      );
    };
    const withFault = (kind: 'systemError' | 'badSignature') => async (): Promise<void> => {
      sandbox.faults.set([{ kind }]);
      await read(4);
    };
    const withoutFault = (): void => {
      sandbox.faults.set([]);
    };
    const change = (edit: (config: Record<string, unknown>) => void): void => {
      const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      edit(config);
      writeFileSync(file, JSON.stringify(config));
    };
    const firstBrand = () => {
      const [brand] = sandbox.provision.brands;
      if (brand === undefined) throw new Error('the sandbox has no brand');
      return brand;
    };
    const withSerial = (serial: string): void => {
      change((config) => {
        const [first] = config.brandCredentials as Record<string, unknown>[];
        if (first !== undefined) first.serial = serial;
      });
    };
    const scrape = async (): Promise<Scrape> => (await fetch(`${operators}/metrics`)).text();
    const findings = async (): Promise<readonly string[]> => {
      const response = await fetch(`${operators}/readyz`);
      const body = (await response.json()) as { readonly findings: readonly { readonly code: string }[] };
      return body.findings.map(({ code }) => code);
    };
    const logged = (): readonly (readonly [unknown, unknown])[] =>
      server
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as { readonly event: unknown; readonly level: unknown })
        .map(({ event, level }) => [event, level]);

    const incidents: readonly Incident[] = [
      {
        names: ['the call budget is used up', '调用配额用尽'],
        finding: 'budget.exhausted',
        log: ['call.failed', 40],
        alert: 'MemberCardBudgetExhausted',
        inject: () => read(60),
        meanwhile: () => read(60),
        repair: () => undefined,
      },
      {
        names: ['a changed configuration has a mistake', '配置变更有误'],
        finding: 'config.refused',
        log: ['config.refused', 50],
        alert: 'MemberCardConfigRefused',
        inject() {
          change((config) => (config.limits = { GET_USER_CARD: { brand: 'five' } }));
        },
        repair() {
          change((config) => delete config.limits);
        },
      },
      {
        names: ['Redis is killed', 'Redis 停止'],
        finding: 'store.unavailable',
        log: ['store.unavailable', 40],
        alert: 'MemberCardStoreDown',
        inject: () => redis.kill(),
        repair: () => redis.start(),
      },
      {
        names: ['PostgreSQL is killed', 'PostgreSQL 停止'],
        finding: 'database.unavailable',
        log: ['database.unavailable', 40],
        alert: 'MemberCardDatabaseDown',
        inject: () => postgres.kill(),
        repair: () => postgres.start(),
      },
      {
        names: ['WeChat Pay answers errors', '微信支付返回错误'],
        finding: 'upstream.failing',
        log: ['upstream.failed', 40],
        alert: 'MemberCardUpstreamFailing',
        inject: withFault('systemError'),
        meanwhile: () => read(1),
        repair: withoutFault,
      },
      {
        names: ['responses have wrong signatures', '应答签名错误'],
        finding: 'upstream.failing',
        log: ['upstream.signatureInvalid', 50],
        alert: 'MemberCardSignatureInvalid',
        inject: withFault('badSignature'),
        meanwhile: () => read(1),
        repair: withoutFault,
      },
      {
        names: ['a credential is refused', '凭证被拒绝'],
        finding: 'credential.refused',
        log: ['upstream.credentialRefused', 50],
        alert: 'MemberCardCredentialRefused',
        async inject() {
          // Another certificate than the one of the key: WeChat Pay does not know its serial.
          withSerial('DEADBEEF');
          await server.end();
          await server.start();
          await read(1, firstBrand().brandId);
        },
        meanwhile: () => read(1, firstBrand().brandId),
        repair() {
          withSerial(firstBrand().serial);
        },
      },
    ];

    itWithPromtool.each(incidents.map((incident) => [incident.names[0], incident] as const))(
      'are found by readiness, log and alert: %s',
      async (_, { finding, log, alert, inject, meanwhile, repair }) => {
        const before = await scrape();
        expect(firesWithinAMinute(alert, [before, before])).toBe(false);
        const lines = logged().length;
        await inject();
        const again = async (): Promise<void> => {
          await meanwhile?.();
          await new Promise((resolve) => setTimeout(resolve, 100));
        };
        // How soon depends on the machine; what a minute makes of it is decided in virtual time.
        while (!(await findings()).includes(finding)) await again();
        const isLogged = (): boolean =>
          logged()
            .slice(finding === 'credential.refused' ? 0 : lines)
            .some(([event, level]) => event === log[0] && level === log[1]);
        while (!isLogged()) await again();
        expect(firesWithinAMinute(alert, [before, await scrape()])).toBe(true);
        await repair();
      },
      120_000,
    );

    itWithPromtool('are found if the whole process is killed', async () => {
      const before = await scrape();
      await server.kill();
      await expect(scrape()).rejects.toThrow();
      expect(firesWithinAMinute('MemberCardDown', [before, undefined])).toBe(true);
    });

    it('are in the tables of deploy/', () => {
      for (const [language, name] of ['README.md', 'README.zh-CN.md'].entries()) {
        const rows = readFileSync(join(deployFolder, name), 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('| '))
          .map((line) => line.split('|').map((cell) => cell.trim()));
        for (const { names, finding, log, alert } of incidents)
          expect(rows).toContainEqual([
            '',
            names[language],
            `\`${finding}\``,
            `\`${log[0]}\` (${log[1]})`,
            `\`${alert}\``,
            '',
          ]);
      }
    });
  });

  it('are evaluated by Prometheus as often as it asks', () => {
    expect(prometheus().global).toEqual({ scrape_interval: '15s', evaluation_interval: '15s' });
  });
});
