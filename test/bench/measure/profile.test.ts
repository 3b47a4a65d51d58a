import { sharesOf } from './profile';

const node = (id: number, url: string, functionName = 'f') => ({ id, callFrame: { functionName, url } });

describe('sharesOf', () => {
  it('adds up time by owner, without idleness', () => {
    const shares = sharesOf({
      nodes: [
        node(1, 'file:///x/node_modules/@apollo/server/dist/a.js'),
        node(2, 'file:///x/node_modules/a/node_modules/graphql/execution/execute.js'),
        node(3, 'file:///x/dist/traffic/cache/cache.js'),
        node(4, '', '(idle)'),
        node(5, '', '(garbage collector)'),
        node(6, '', 'writev'),
        node(7, 'node:internal/streams/readable'),
        node(8, 'file:///x/node_modules/@apollo/server/dist/b.js'),
      ],
      samples: [1, 2, 3, 4, 5, 6, 7, 8],
      timeDeltas: [100, 300, 200, 5_000, 50, 150, 100, 100],
    });
    expect(shares.map(({ name, share }) => [name, share])).toEqual([
      ['graphql', 0.3],
      ['@apollo/server', 0.2],
      ['dist/traffic', 0.2],
      ['native: writev', 0.15],
      ['node:internal/streams', 0.1],
      ['(garbage collector)', 0.05],
    ]);
  });
});
