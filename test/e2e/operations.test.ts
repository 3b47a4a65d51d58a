import { join } from 'node:path';
import { print, type DocumentNode } from 'graphql';
import { createClient } from 'graphql-sse';
import { readExamples, textOf, type Example } from '../../src/cli/reference/examples';
import * as operations from '../support/operations';
import { testApp, type TestApp } from '../support/test-app';

const examples = readExamples(join(__dirname, '..', '..', 'schema', 'operations'));
const documents: Readonly<Record<string, unknown>> = operations;

describe('the reviewed operations', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  /** Need a database: webhooks.test.ts runs them. */
  const ofWebhooks = ['WebhookDeliveries', 'RedeliverWebhook'];
  const isSubscription = ({ shows }: Example): boolean => shows[0]?.startsWith('Subscription.') === true;

  it.each(
    examples
      .filter((one) => !isSubscription(one) && !ofWebhooks.includes(one.name))
      .map((example) => [example.name, example] as const),
  )('%s succeeds with the variables of the reference', async (_, example) => {
    const { data, errors } = await app.ask(textOf(example), example.variables);
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).not.toMatch(/"userErrors":\[\{/);
  });

  it.each(examples.filter(isSubscription).map((example) => [example.name, example] as const))(
    '%s returns an event with the variables of the reference',
    async (_, example) => {
      const client = createClient({ url: `${app.url}/stream`, retryAttempts: 0 });
      const events = client.iterate({
        query: textOf(example),
        variables: { ...example.variables, lastEventId: '0' },
      });
      const { brandId, cardId } = app.sandbox.example;
      await app.sandbox.users.open({ brandId, cardId }).delivered;
      expect((await events.next()).value).toMatchObject({
        data: { userCardEvents: { eventType: 'USER_CARD_CREATE', brandId, cardId } },
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
