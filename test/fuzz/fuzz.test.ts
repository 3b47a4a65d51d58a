import { Agent, request } from 'undici';
import { servedSchema } from '../../src/graphql/schema/schema';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { costlyDocuments } from '../support/costly-documents';
import { mutateBytes } from '../support/mutate-bytes';
import { numberFromEnvironment } from '../support/number-from-environment';
import { createRandom, seedFromEnvironment } from '../support/random';
import { randomRequest } from '../support/random-documents';
import { sendBytes, statusOf } from '../support/raw-http';
import { seedValues } from '../support/seed-values';
import { startServerProcess, type ServerProcess } from '../support/watched-server';

const total = numberFromEnvironment('FUZZ_REQUESTS', { otherwise: 2_000 });
const atOnce = 16;
const longestStallMs = 200;

/** Used as values in every place of a value; no response may repeat them in an error. */
const planted = ['13799990001', 'oCANARYopenid0000000000001', 'canary.person@example.com'];
const wild: readonly unknown[] = [
  ...planted,
  `${planted[0]} ${planted[1]}`,
  `x;${planted[0]}" at "y"; ${planted[2]}`,
  Number(planted[0]),
  [planted[0]],
  { brandId: planted[0], phoneNumber: planted[1] },
  -1,
  1.5,
  1e308,
  2 ** 31,
  true,
  null,
  '',
  '../../etc/passwd',
  'a'.repeat(5_000),
  '\u0000\u202e\ud83d',
  '{"$ne":null}',
  "' OR 1=1 --",
  { __proto__: { admin: true } },
  JSON.parse('{"__proto__": {"a": 1}, "constructor": {"prototype": {"b": 1}}}'),
];

/** The upstream has no rate limit, and waits are short: this test is about the input. */
const fast = { brand: 10_000, partner: 10_000 };
const hurried = {
  server: { port: 0, queryDeadlineMs: 2_000, mutationDeadlineMs: 2_000 },
  limits: Object.fromEntries(interfaceNames.map((name) => [name, fast])),
};

interface Reply {
  readonly status: number;
  readonly text: string;
}

describe(`${total} random requests`, () => {
  const seed = seedFromEnvironment();
  const random = createRandom(seed);
  const schema = servedSchema();
  const agent = new Agent({ connections: atOnce });
  let sandbox: Sandbox;
  let server: ServerProcess;
  let port: number;
  let values: Readonly<Record<string, readonly unknown[]>>;
  let secrets: readonly string[];

  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 60 });
    server = await startServerProcess(sandbox, hurried);
    port = Number(new URL(server.url).port);
    await fetch(`${sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((name) => [name, 100_000])) }),
    });
    values = await seedValues(ask);
    const { brands, partner } = sandbox.provision;
    secrets = [
      partner.apiV3Key,
      ...brands.map(({ apiKey }) => apiKey),
      ...[partner, ...brands].map(({ privateKeyPem }) => privateKeyPem.slice(100, 140)),
      sandbox.url,
      'node_modules',
      __dirname.split('/').slice(0, 3).join('/'),
      'at Object.',
      'WECHATPAY2-SHA256',
      '-----BEGIN',
    ];
  });
  afterAll(async () => {
    await agent.close();
    await sandbox.close();
  });
  const ask = async (query: string, variables: Readonly<Record<string, unknown>>) => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data: unknown };
  };

  const headers = (): Record<string, string> => ({
    'content-type': random.chance(0.95)
      ? 'application/json'
      : random.pick([
          'text/plain',
          'application/json; charset=utf-7',
          'application/graphql',
          'multipart/form-data',
          '',
        ]),
    'accept-language': random.pick(['zh-CN', 'en', '*', ';;q=9', 'x'.repeat(300)]),
    accept: random.pick(['*/*', 'application/json', 'application/graphql-response+json', 'image/png']),
  });

  const document = () => randomRequest({ schema, random, values, wild, maxDepth: 2 + random.below(12) });
  const post = async (body: Buffer | string): Promise<Reply> => {
    const response = await request(server.url, {
      method: 'POST',
      body,
      headers: headers(),
      dispatcher: agent,
    });
    return { status: response.statusCode, text: await response.body.text() };
  };

  const kinds: readonly (readonly [share: number, name: string, send: () => Promise<Reply>])[] = [
    [0.55, 'document', () => post(JSON.stringify(document()))],
    [
      0.05,
      'costly document',
      () => {
        const make = random.pick(Object.values(costlyDocuments));
        // With a different first line each time, none is served from the cache.
        return post(JSON.stringify({ query: `# ${random.next()}\n${make(random.below(900))}` }));
      },
    ],
    [0.2, 'mutated body', () => post(mutateBytes(Buffer.from(JSON.stringify(document())), random))],
    [
      0.05,
      'mutated document',
      () => {
        const { query, variables } = document();
        return post(JSON.stringify({ query: mutateBytes(Buffer.from(query), random).toString(), variables }));
      },
    ],
    [
      0.05,
      'other members of the body',
      () =>
        post(
          JSON.stringify({
            ...document(),
            operationName: random.pick([null, 'q', 'x', 5, {}]),
            variables: random.pick([null, [], 5, 'x', { a: wild }, {}]),
            extensions: random.pick([
              null,
              5,
              { persistedQuery: { version: 1, sha256Hash: planted[1] } },
              [],
            ]),
          }),
        ),
    ],
    [
      0.05,
      'link',
      async () => {
        const { query, variables } = document();
        const search = new URLSearchParams({ query, variables: JSON.stringify(variables) }).toString();
        const text = random.chance(0.5)
          ? search
          : encodeURI(mutateBytes(Buffer.from(search), random).toString('latin1'));
        const response = await request(`${server.url}?${text.slice(0, 8_000)}`, {
          method: random.pick(['GET', 'GET', 'GET', 'HEAD', 'DELETE', 'PUT', 'OPTIONS']),
          headers: { ...headers(), 'apollo-require-preflight': '1' },
          dispatcher: agent,
        });
        return { status: response.statusCode, text: await response.body.text() };
      },
    ],
    [
      0.05,
      'raw bytes',
      async () => {
        const body = JSON.stringify(document());
        const path = random.pick([
          '/graphql',
          '/graphql',
          '/schema.graphql',
          '/',
          '/%00',
          '//graphql?query={a}',
        ]);
        const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
        const text = await sendBytes(port, mutateBytes(Buffer.from(head + body), random));
        return { status: statusOf(text), text };
      },
    ],
  ];
  const draw = () => {
    let left = random.next();
    return kinds.find(([share]) => (left -= share) < 0) ?? kinds[0];
  };

  it(
    `bring no crash, no 5xx, no stall and no leak (SEED=${seed})`,
    async () => {
      const statuses = new Map<string, number>();
      const wrong: string[] = [];
      let sent = 0;

      const judge = (name: string, { status, text }: Reply): void => {
        const kind = `${name} ${status}`;
        statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
        if (status >= 500) wrong.push(`${kind}: ${text.slice(0, 300)}`);
        // As a code: the SDL names it too.
        const at = text.indexOf('"code":"INTERNAL_SERVER_ERROR"');
        if (at >= 0) wrong.push(`${kind}: ${text.slice(Math.max(0, at - 300)).slice(0, 400)}`);
        for (const secret of secrets)
          if (text.includes(secret)) wrong.push(`${kind} tells a secret: ${text.slice(0, 500)}`);
        for (const message of messagesOf(text))
          for (const canary of planted)
            if (message.includes(canary)) wrong.push(`${kind} quotes: ${message}`);
      };
      const work = async (): Promise<void> => {
        while (sent < total && wrong.length < 20) {
          sent += 1;
          const [, name, send] = draw() ?? [];
          if (name === undefined || send === undefined) throw new Error('nothing drawn');
          try {
            judge(name, await send());
          } catch (error) {
            wrong.push(`${name}: no answer: ${String(error)}`);
          }
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      expect(await ask('{ __typename }', {})).toMatchObject({ data: { __typename: 'Query' } });
      const { exitCode, log, stalledMs } = await server.stop();

      const arrived = sandbox.ledger.entries().length;
      if (total > 2_000)
        process.stdout.write(
          `${JSON.stringify({ seed, sent, stalledMs, arrived, ...Object.fromEntries(statuses) })}\n`,
        );

      expect(wrong).toEqual([]);
      expect(exitCode).toBe(0);
      expect(stalledMs).toBeLessThan(longestStallMs);
      const logged = log.split('\n').filter((line) => line !== '');
      // Import by phone for a brand on the brand route is the only thing that this configuration cannot do.
      expect(
        logged.filter((line) => /"level":(50|60)/.test(line) && !line.includes('"MISCONFIGURED"')),
      ).toEqual([]);
      expect(
        [...planted, ...secrets.filter((one) => one !== 'node_modules')].filter((canary) =>
          log.includes(canary),
        ),
      ).toEqual([]);
      // Otherwise only refusals would have been tested.
      expect(statuses.get('document 200') ?? 0).toBeGreaterThan(total / 10);
      // Each interface lets five calls a second through, so a fast run has fewer.
      expect(arrived).toBeGreaterThan(total / 50);
    },
    Math.max(120_000, total * 40),
  );
});

/** Every message of a response's errors and user errors, or the whole response if it is not JSON. */
const messagesOf = (text: string): readonly string[] =>
  [...text.matchAll(/"message":"((?:[^"\\]|\\.)*)"/g)].map(([, message]) => message ?? '');
