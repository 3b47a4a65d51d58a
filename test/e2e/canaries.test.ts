import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { callers, type Callers } from '../support/callers';
import { writeConfig } from '../support/config-file';
import { freePort } from '../support/free-port';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { build, serverProcess, type ServerProcess } from '../support/server-process';
import { ofUserCard } from '../support/by-key';

const brandId = '1004';
/** Values placed where a careless server would repeat them. */
const planted = {
  phone: '13900001234',
  name: '金丝雀姓名',
  answer: '金丝雀答案',
  garbage: 'canary-in-a-query-4711',
};
const read = `query ($brandId: ID!, $cardId: ID!, $openid: ID!, $code: ID!) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $code } }) {
    id level phoneNumberMasked phoneNumber userInformation { commonFieldList { name value } }
  }
}`;
const update = `mutation ($input: UpdateUserCardInput!) {
  updateUserCard(input: $input) { userCard { level } userErrors { field message } }
}`;

describeWithRedis('secrets and personal data', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let server: ServerProcess;
  let who: Callers<'clerk' | 'reader' | 'operator'>;
  let directory: string;
  let metricsPort: number;

  beforeAll(async () => {
    [redis, sandbox, metricsPort] = await Promise.all([
      startRedis(),
      startSandbox({ membersPerBrand: 10 }),
      freePort(),
      build(),
    ]);
    who = callers({ clerk: ['brand:*:write', 'brand:*:pii'], reader: ['brand:*:read'], operator: ['admin'] });
    const config = writeConfig(sandbox, {
      redis: { url: redis.url },
      auth: { apiKeys: { file: who.file } },
      metrics: { host: '127.0.0.1', port: metricsPort },
      audit: { directory: './audit', keyFile: './k1.key' },
    });
    directory = config.directory;
    server = await serverProcess(config.file);
    await server.start();
  }, 300_000);

  afterAll(async () => {
    await server.end();
    await sandbox.close();
    await redis.close();
    who.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const post = async (body: unknown, headers: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return [...answer.headers].join('\n') + (await answer.text());
  };

  /** The files that the process wrote itself. The files that it was given contain secrets by design. */
  const written = (): string =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith('audit') && statSync(join(directory, name)).isFile())
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('\n');

  it('are in no log, error, metric, store or file', async () => {
    const { cardId, openid, userCardCode: code } = sandbox.example;
    const key = { brandId, cardId, openid, code };
    const input = ofUserCard({ brandId, cardId, openid, userCardCode: code });
    const information = {
      commonFieldList: [{ name: 'NAME', value: planted.name }],
      customFieldList: [{ name: '喜欢的运动', userChosenValues: [planted.answer] }],
    };
    // Personal data for the clerk goes only to the clerk. It is requested first, so that there is something to leak.
    const first = await post({ query: read, variables: key }, who.headers.clerk);
    expect(first).toMatch(/"phoneNumber":"13\d{9}"/);
    const [, seededPhone = ''] = /"phoneNumber":"(\d+)"/.exec(first) ?? [];
    const [, seededName = ''] = /"NAME","value":"([^"]+)"/.exec(first) ?? [];
    await post(
      {
        query: update,
        variables: { input: { ...input, phoneNumber: planted.phone, userInformation: information } },
      },
      who.headers.clerk,
    );

    const answers = [
      // Denied, absent, broken, refused and failed requests, each with a value to repeat.
      await post({ query: read, variables: key }, who.headers.reader),
      await post({ query: read, variables: { ...key, code: planted.phone } }, who.headers.reader),
      await post(
        { query: update, variables: { input: { ...input, phoneNumber: `${planted.phone}x` } } },
        who.headers.clerk,
      ),
      await post(
        { query: update, variables: { input: { ...input, unknownField: planted.phone } } },
        who.headers.clerk,
      ),
      await post(
        { query: update, variables: { input: { ...input, openid: { a: planted.name } } } },
        who.headers.clerk,
      ),
      await post({ query: `{ userCard(brandId: "${planted.phone}` }, who.headers.clerk),
      await post(`{"query": "${planted.garbage} ${planted.phone}`, who.headers.clerk),
      await post({ query: '{ __typename }' }, { authorization: `Bearer ${planted.garbage}` }),
    ];
    sandbox.faults.set([{ kind: 'systemError' }]);
    answers.push(
      await post({ query: read, variables: { ...key, openid: `o${planted.garbage}` } }, who.headers.clerk),
    );
    sandbox.faults.set([{ kind: 'badSignature' }]);
    answers.push(
      await post(
        { query: update, variables: { input: { ...input, phoneNumber: '13900001235' } } },
        who.headers.clerk,
      ),
    );
    sandbox.faults.set([]);
    await fetch(`${server.url}/${planted.garbage}`);

    const metrics = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
    const [, port = ''] = /:(\d+)$/.exec(redis.url) ?? [];
    const cli = (...args: string[]) => execFileSync('redis-cli', ['-p', port, ...args]).toString();
    const keys = cli('--scan').trim().split('\n');
    const dump = keys.map((name) => `${name}\n${cli('DUMP', name)}`).join('\n');
    await server.end();
    const places = {
      log: server.output(),
      errors: answers.join('\n'),
      metrics,
      store: dump,
      files: written(),
    };
    // Each place must have its usual content, otherwise the search would prove nothing.
    expect(places.log).toMatch(/GET_USER_CARD/);
    expect(places.errors).toMatch(/"errors"/);
    expect(places.metrics).toMatch(/GET_USER_CARD/);
    expect(places.store).toMatch(/wxm:entry/);
    expect(places.files).toMatch(/DECRYPTION/);

    const { brands, partner } = sandbox.provision;
    const secrets = [
      ...Object.values(planted),
      seededPhone,
      seededName,
      openid,
      ...Object.values(who.headers).map(({ authorization }) => authorization.replace('Bearer ', '')),
      ...[...brands, partner].map(({ privateKeyPem }) => privateKeyPem.split('\n')[3] ?? ''),
      ...brands.map(({ apiKey }) => apiKey),
      partner.apiV3Key,
    ];
    expect(secrets.every((secret) => secret.length > 1)).toBe(true);
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${place}: ${secret.slice(0, 4)}…`),
    );
    expect(leaks).toEqual([]);
  }, 120_000);
});
