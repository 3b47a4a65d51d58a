import { createWaitOf } from '../../../src/server/graphql/operation-wait';

const waitOf = (prefer: string | undefined, operationMs = 20_000) => {
  const options = { queryMs: 4_500, mutationMs: 8_000, operationMs };
  const { queryMs, mutationMs, applied } = createWaitOf(options)({ headers: { prefer } });
  return { queryMs, mutationMs, query: applied('query'), mutation: applied('mutation') };
};

describe('the time that an operation has', () => {
  it('is what the client prefers', () => {
    expect(waitOf('wait=15')).toEqual({
      queryMs: 15_000,
      mutationMs: 15_000,
      query: 'wait=15',
      mutation: 'wait=15',
    });
  });

  it('is at most that of any operation, at least a second, and never too short to know the outcome of a write', () => {
    expect(waitOf('wait=3600')).toMatchObject({ queryMs: 20_000, query: 'wait=20' });
    expect(waitOf('wait=99', 7_900)).toMatchObject({ queryMs: 7_000, query: 'wait=7' });
    expect(waitOf('wait=0')).toEqual({
      queryMs: 1_000,
      mutationMs: 8_000,
      query: 'wait=1',
      mutation: undefined,
    });
  });

  it.each([[undefined], ['wait=soon'], ['respond-async']])('is as configured for "%s"', (prefer) => {
    const configured = { queryMs: 4_500, mutationMs: 8_000, query: undefined, mutation: undefined };
    expect(waitOf(prefer)).toEqual(configured);
    expect(waitOf('wait=1', 300)).toEqual(configured);
  });
});
