import { join } from 'node:path';
import { print, type DocumentNode } from 'graphql';
import { readExamples, textOf } from '../../src/cli/reference/examples';
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

  it.each(examples.map((example) => [example.name, example] as const))(
    '%s succeeds with the variables of the reference',
    async (name, example) => {
      const { data, errors } = await app.ask(textOf(example), example.variables);
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).not.toMatch(/"userErrors":\[\{/);
      // The typed document is the same operation.
      expect(print(documents[`${name}Document`] as DocumentNode)).toContain(textOf(example).split('\n\n')[0]);
    },
  );
});
