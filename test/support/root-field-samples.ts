import { join } from 'node:path';
import { isRecord } from '../../src/shared/is-record';
import { readExamples } from '../../src/cli/reference/examples';
import { firstExample } from '../../src/sandbox/seed';
import { importedCard, template, updatedCard } from './check-input';
import type { Samples } from './root-fields';
import { ofTemplate, ofUserCard } from './by-key';

/** The inputs of the reviewed mutations, by the mutation's name. */
const reviewedInputs = Object.fromEntries(
  readExamples(join(__dirname, '..', '..', 'schema', 'operations')).flatMap(({ shows, variables }) => {
    const [, mutation] = /^Mutation\.(\w+)$/.exec(shows[0] ?? '') ?? [];
    // Others write the input in the operation itself.
    const { input } = variables;
    return mutation === undefined || !isRecord(input) ? [] : [[mutation, input] as const];
  }),
);

/** Arguments and inputs of every root field for the sandbox's first card, as if it belonged to the brand. */
export const rootFieldSamples = (brandId: string, userCardId: string): Samples => {
  const { cardId, openid, userCardCode } = firstExample;
  return {
    values: {
      ...firstExample,
      ...{ activityId: '10001', last: '1h', brandId, id: userCardId, ids: [userCardId] },
      representations: [{ __typename: 'UserCard', ...firstExample, brandId }],
    },
    inputs: {
      ...reviewedInputs,
      createCardTemplate: { ...template, outRequestNo: undefined },
      importUserCardByPhone: ofTemplate(importedCard),
      updateUserCard: ofUserCard({ ...updatedCard, cardId, openid, userCardCode, level: '金卡' }),
    },
  };
};
