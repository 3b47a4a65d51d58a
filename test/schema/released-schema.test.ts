import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

const released = `
directive @semanticNonNull(levels: [Int!]! = [0]) on FIELD_DEFINITION
type Query { card(by: CardRef, first: Int = 20, state: State): Card @semanticNonNull node: Node any: Any }
interface Node { id: ID! }
type Card implements Node { id: ID! level: String! title: String codes: [String!] }
type Brand implements Node { id: ID! }
union Any = Card | Brand
enum State { EFFECTIVE INVALID }
input CardRef { id: ID key: String attach: String = "none" }
`;

/** Each replaces a text of the released schema, and names the element at which it must be reported. */
const breaks: readonly (readonly [from: string, to: string, at: string])[] = [
  ['title: String', '', 'Card.title'],
  ['level: String!', 'level: String', 'Card.level'],
  ['codes: [String!]', 'codes: [String]', 'Card.codes'],
  ['type Brand implements Node', 'type Brand', 'Brand'],
  ['union Any = Card | Brand', 'union Any = Card', 'Any'],
  ['EFFECTIVE INVALID', 'EFFECTIVE', 'State.INVALID'],
  ['input CardRef', 'input CardRef @oneOf', 'CardRef'],
  ['key: String', 'key: String!', 'CardRef.key'],
  ['attach: String = "none"', 'attach: String = "other"', 'CardRef.attach'],
  ['first: Int = 20', 'first: Int = 10', 'Query.card.first'],
  ['by: CardRef', 'by: CardRef!', 'Query.card.by'],
  [', state: State', '', 'Query.card.state'],
  ['card(by: CardRef', 'card(more: ID!, by: CardRef', 'Query.card.more'],
  ['Card @semanticNonNull', 'Card', 'Query.card'],
];
const harmless = released
  .replace('title: String', 'title: String! @deprecated(reason: "Use level.") name: String')
  .replace('EFFECTIVE INVALID', 'EFFECTIVE INVALID EXPIRED')
  .replace('first: Int = 20', 'first: Int = 20, after: String')
  .replace('key: String', 'key: String, code: ID');

describe('npm run schema:check', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'released-'));
    writeFileSync(join(directory, 'released.graphql'), released);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const compare = (schema: string, ...words: readonly string[]) => {
    writeFileSync(join(directory, 'schema.graphql'), schema);
    const script = join(root, '.ci/released-schema.mjs');
    return new Promise<{ readonly code: number; readonly lines: readonly string[] }>((resolve) => {
      execFile(process.execPath, [script, '--directory', directory, ...words], (error, _, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), lines: stderr.trimEnd().split('\n') });
      });
    });
  };
  const writtenNow = (): string => readFileSync(join(directory, 'released.graphql'), 'utf8');

  it('fails on what breaks clients, and names each place', async () => {
    // One break of each kind at a time would start the program for each: these change different elements.
    const broken = breaks.reduce((schema, [from, to]) => schema.replace(from, to), released);
    const { code, lines } = await compare(broken);
    expect(code).toBe(1);
    for (const [, , at] of breaks)
      expect(lines.filter((line) => line.startsWith(`${at}:`) || line.startsWith(`${at}.@`))).not.toEqual([]);
    expect(lines.at(-1)).toMatch(
      /^The schema breaks what was released, in \d+ places\..+@deprecated.+CHANGELOG/,
    );
  });

  it('passes what clients do not notice', async () => {
    expect(await compare(harmless)).toEqual({ code: 0, lines: [''] });
    expect(writtenNow()).toBe(released);
  });

  it('has the schema of a release written, one with breaks only on demand', async () => {
    const broken = released.replace('title: String', '');
    expect(await compare(broken, '--write')).toMatchObject({ code: 1 });
    expect(writtenNow()).toBe(released);
    expect(await compare(broken, '--write', '--breaking')).toMatchObject({ code: 0 });
    expect(writtenNow()).toBe(broken);
    expect(await compare(harmless, '--write', '--breaking')).toMatchObject({ code: 0 });
    expect(await compare(harmless, '--write')).toMatchObject({ code: 0 });
    expect(writtenNow()).toBe(harmless);
  });
});
