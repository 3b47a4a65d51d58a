import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GraphQLError, Kind } from 'graphql';
import { defaultQueryLimits } from '../../../../src/config/query-limits';
import { locationsOf } from '../../../../src/server/graphql/documents/locations';
import { costlyDocuments } from '../../../support/costly-documents';
import { faultsOfText, realDocuments } from '../../../support/documents';
import { relativeCost } from '../../../support/relative-cost';

/** The most that one document may cost. The worst one costs 30, and 158 if it is validated before its bounds are held against it. */
const maxCost = 80;
const sizes = [5, 20, 40, 80, 150, 240, 480, 900];

describe('the cost of a document', () => {
  const documents = realDocuments();
  let salt = 0;
  const costOf = (text: string, below = maxCost): Promise<number> =>
    relativeCost(() => faultsOfText(documents, `#${(salt += 1)}\n${text}`), { below });

  it.each(Object.entries(costlyDocuments))('is bounded for %s', async (_, make) => {
    for (const size of sizes) expect(await costOf(make(size))).toBeLessThan(maxCost);
  });

  it.each(Object.entries(costlyDocuments))('is measured before validation for %s', async (_, make) => {
    // Far above the limits: its validation would take seconds.
    const text = make(25_000).slice(0, defaultQueryLimits.documentBytes - 100);
    expect(await costOf(text, 2 * maxCost)).toBeLessThan(2 * maxCost);
  });

  it('is parsed no further than its bound of tokens', async () => {
    // 1.7, and 127 if it is parsed to the end.
    expect(await costOf(`{ ${'a '.repeat(125_000)}}`, 30)).toBeLessThan(30);
  });

  it('names the bound on repeated fields', () => {
    const many = costlyDocuments['one object again and again']?.(160) ?? '';
    expect(faultsOfText(documents, many).join()).toMatch(/selects the same fields too often/);
  });

  it('accepts documents that select the same fields in many fragments', () => {
    const fragments = Array.from(
      { length: 25 },
      (_, index) => `fragment f${index} on Brand { brandId name throttle { interface available } }`,
    );
    const spreads = fragments.map((__, index) => `...f${index}`).join(' ');
    expect(faultsOfText(documents, `{ brands { nodes { ${spreads} } } } ${fragments.join('\n')}`)).toEqual(
      [],
    );
  });

  it('is refused if its nesting overflows the stack', () => {
    const deep = (levels: number): readonly string[] => {
      if (levels > 0) return [...deep(levels - 1)];
      return faultsOfText(documents, costlyDocuments['nested lists']?.(900) ?? '');
    };
    let levels = 1_000;
    // The deeper the stack of the caller, the less is left: at some depth it overflows during parsing.
    const found = new Set<string>();
    for (; levels < 100_000 && !found.has('The document is nested too deeply'); levels += 100) {
      try {
        for (const message of deep(levels)) found.add(message);
      } catch (error) {
        if (error instanceof RangeError) break;
        throw error;
      }
    }
    expect([...found]).toContain('The document is nested too deeply');
  });

  it('names the limit that its text exceeds', () => {
    expect(faultsOfText(documents, `{ __typename } #${'x'.repeat(262_144)}`).join()).toMatch(
      /at most 262144 bytes/,
    );
    expect(faultsOfText(documents, `{ __typename } #${'字'.repeat(90_000)}`).join()).toMatch(
      /at most 262144 bytes/,
    );
    expect(faultsOfText(documents, `${'#\n'.repeat(3_000)}{ __typename }`).join()).toMatch(
      /at most 2000 tokens, comments included/,
    );
  });
});

describe('the cached documents', () => {
  const maxBytes = 3_000_000;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapBytes = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  it.each<[string, (index: number) => string]>([
    ['long comments', (index) => `{ __typename } #${index}${'x'.repeat(60_000)}`],
    ['long comments in other scripts', (index) => `{ __typename } #${index}${'字'.repeat(20_000)}`],
    ['runs of blanks', (index) => `{ __typename ${' '.repeat(60_000)} } #${index}`],
    ['runs of line ends', (index) => `{ __typename ${'\n'.repeat(60_000)} } #${index}`],
    ['many comments', (index) => `#${index}\n${'#\n'.repeat(1_900)}{ __typename }`],
    ['many tokens', (index) => `#${index}\n{ nodes(ids: [${'"a" '.repeat(100)}]) { ${'id '.repeat(150)} } }`],
    [
      'many small nodes',
      (index) =>
        `#${index}\n{ userCards(by: [${Array.from({ length: 90 }, () => '{ key: { brandId: "1", cardId: "1", openid: "1", userCardCode: "1" } }').join()}]) { id } }`,
    ],
  ])('take no more memory than they are bounded to, with %s', (_, make) => {
    const documents = realDocuments(maxBytes);
    for (let index = 0; index < 5; index += 1) expect(faultsOfText(documents, make(index))).toEqual([]);
    const before = heapBytes();
    const counted = documents.keptBytes;
    for (let index = 10; index < 110; index += 1) documents.load(make(index));
    const grown = heapBytes() - before;
    expect(documents.keptBytes).toBeLessThanOrEqual(maxBytes);
    expect(documents.keptBytes).toBeGreaterThan(counted);
    // V8 compiles and learns meanwhile: once in many runs that is 0.3 % of the bound.
    expect(grown).toBeLessThan(1.02 * maxBytes);
  });

  it('are found by their text', () => {
    const documents = realDocuments();
    const text = '{ brands { totalCount } }';
    expect(documents.load(text)).toBe(documents.load(`${text.slice(0, 5)}${text.slice(5)}`));
  });

  it('give line and column although their text was dropped', () => {
    const document = realDocuments().load(
      '{\r\n  brands {\n    totalCount\r  }\n ...f }\n\nfragment f on Query { __typename }',
    );
    const [operation, fragment] = document.definitions;
    expect(operation?.loc?.source.body).toBe('');
    const field =
      fragment?.kind === Kind.FRAGMENT_DEFINITION ? fragment.selectionSet.selections[0] : undefined;
    expect(locationsOf(new GraphQLError('x', { nodes: field ?? null }))).toEqual([{ line: 7, column: 23 }]);
  });
});
