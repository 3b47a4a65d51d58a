import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print, type DocumentNode } from 'graphql';
import { createClient } from 'graphql-sse';
import { readExamples, textOf, type Example } from '../../src/cli/reference/examples';
import { createBulkOperation, uploadBulkFile } from '../support/bulk-client';
import * as operations from '../support/operations';
import { testApp, type TestApp } from '../support/test-app';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

const examples = readExamples(join(__dirname, '..', '..', 'schema', 'operations'));
const documents: Readonly<Record<string, unknown>> = operations;

describe('the reviewed operations', () => {
  const directory = mkdtempSync(join(tmpdir(), 'operations-'));
  let app: TestApp;
  let own: BulkObjects;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        database: { directory },
        directory: { brandIds: ['1004'], retainDays: 365 },
        audit: { directory: join(directory, 'audit'), key: createSecretKey(randomBytes(32)) },
      }),
    });
    own = await bulkObjects(app);
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Need a database: webhooks.test.ts runs them. */
  const ofWebhooks = ['WebhookDeliveries', 'RedeliverWebhook'];
  const isSubscription = ({ shows }: Example): boolean => shows[0]?.startsWith('Subscription.') === true;

  it.each(
    examples
      .filter((one) => !isSubscription(one) && !ofWebhooks.includes(one.name))
      .map((example) => [example.name, example] as const),
  )('%s succeeds with the variables of the reference', async (_, example) => {
    const { data, errors } = await app.ask(textOf(example), withOwn(example, own));
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).not.toMatch(/"userErrors":\[\{/);
  });

  it.each(examples.filter(isSubscription).map((example) => [example.name, example] as const))(
    '%s returns an event with the variables of the reference',
    async (_, example) => {
      const client = createClient({ url: `${app.url}/stream`, retryAttempts: 0 });
      const isOfBulk = example.name === 'BulkOperationUpdated';
      const events = client.iterate({
        query: textOf(example),
        variables: isOfBulk ? { id: own.operationId } : { ...example.variables, lastEventId: '0' },
      });
      const { brandId, cardId } = app.sandbox.example;
      await app.sandbox.users.open({ brandId, cardId }).delivered;
      expect((await events.next()).value).toMatchObject({
        data: isOfBulk
          ? { bulkOperationUpdated: { id: own.operationId, brandId } }
          : { userCardEvents: { eventType: 'USER_CARD_CREATE', brandId, cardId } },
      });
      client.dispose();
    },
  );

  it.each(examples.map((example) => [example.name, example] as const))(
    'the typed document of %s is the same operation',
    (name, example) => {
      expect(print(documents[`${name}Document`] as DocumentNode)).toContain(textOf(example).split('\n\n')[0]);
    },
  );
});

interface BulkObjects {
  readonly fileId: string;
  /** Of cards, for kinds that need their openids. */
  readonly cardsFileId: string;
  readonly operationId: string;
}

/** A file and an operation, in place of those that the reference names. */
const bulkObjects = async (app: TestApp): Promise<BulkObjects> => {
  const { brandId, cardId, openid, userCardCode } = app.sandbox.example;
  const cards = `openid,会员卡号,等级\n${openid},${userCardCode},金卡\n`;
  const { body } = await uploadBulkFile(app, brandId, cards);
  const upload = async (phone: string): Promise<string> =>
    String(
      (await uploadBulkFile(app, brandId, `手机号,会员卡号\n${phone},REVIEWED${phone.slice(-4)}\n`)).body
        .fileId,
    );
  await createBulkOperation(app, {
    kind: 'IMPORT_BY_PHONE',
    cardTemplate: { key: { brandId, cardId } },
    fileId: await upload('13987650001'),
    idempotencyKey: 'reviewed',
  });
  const { data } = await app.ask<{
    readonly brand: { readonly bulkOperations: { readonly nodes: readonly { readonly id: string }[] } };
  }>('query($brandId: ID!) { brand(brandId: $brandId) { bulkOperations { nodes { id } } } }', { brandId });
  const id = data?.brand.bulkOperations.nodes[0]?.id ?? '';
  return { fileId: await upload('13987650002'), cardsFileId: String(body.fileId), operationId: id };
};

const withOwn = (
  { name, variables }: Example,
  { fileId, cardsFileId, operationId }: BulkObjects,
): Example['variables'] => {
  if (variables.fileId !== undefined) return { ...variables, fileId: cardsFileId };
  const input = variables.input as Record<string, unknown> | undefined;
  if (name === 'BulkOperationCreate') return { input: { ...input, fileId } };
  if (input?.bulkOperation === undefined) return variables;
  return { input: { ...input, bulkOperation: { id: operationId } } };
};
