import type { Caller } from '../../src/auth/caller';
import { createRowRunner, type RowRunnerDeps } from '../../src/app/bulk-rows';
import type { BulkKind } from '../../src/bulk/files/kinds';
import { toInput } from '../../src/bulk/files/to-input';
import type { Operation } from '../../src/bulk/operation';
import type { Context } from '../../src/graphql/execution/context';

const template = { brandId: '1004', cardId: 'p1' };
const key = { openid: 'o1', userCardCode: 'C-1' };
const level = '金卡';

/** A row that a crash left in doubt; its card has this state now. */
const lookedUp = (kind: BulkKind, userCardState: string) => {
  const asked: unknown[] = [];
  const context = {
    loaders: {
      userCard(key: unknown) {
        asked.push(key);
        return Promise.resolve({ record: { userCardState, level } });
      },
    },
  };
  const runner = createRowRunner({
    contextOf: () => context as unknown as Context,
    callerOf: () => Promise.resolve({ id: 'crm' } as Caller),
  } as unknown as RowRunnerDeps);
  const values = { ...key, ...(kind === 'UPDATE_USER_CARDS' && { level }) };
  const call = { kind, values, input: toInput(kind, values, template), requestNo: 'r', inDoubt: true };
  const operation = { kind, language: 'en', onExisting: 'SKIP' } as Operation;
  return runner.run(operation, { ...call, deadline: 1 }).then((outcome) => ({ outcome, asked }));
};

describe('a row in doubt', () => {
  it.each<[BulkKind, string]>([
    ['INVALIDATE_USER_CARDS', 'INVALID'],
    ['IMPORT_BY_OPENID', 'EFFECTIVE'],
    ['UPDATE_USER_CARDS', 'EFFECTIVE'],
  ])('of %s is done if its card is %s, and nothing is sent', async (kind, state) => {
    expect(await lookedUp(kind, state)).toEqual({
      outcome: { state: 'SUCCEEDED', ...(kind !== 'UPDATE_USER_CARDS' && { openid: 'o1' }) },
      asked: [{ ...template, ...key, maxAgeMs: 0 }],
    });
  });
});
