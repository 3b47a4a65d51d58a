import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a contender takes from the product: `const { a, b } = fromProduct('path.js')`. Neither lint nor the compiler sees it. */
const uses = readdirSync(__dirname)
  .filter((name) => name.endsWith('.mjs'))
  .flatMap((name) =>
    [
      ...readFileSync(join(__dirname, name), 'utf8').matchAll(
        /const \{([^}]+)\} = fromProduct\('(.+)\.js'\)/g,
      ),
    ].flatMap(([, members = '', path = '']) =>
      members.split(',').map((member) => [name, path, member.trim()] as const),
    ),
  );

describe('what the contenders take from the product', () => {
  it('is found', () => {
    expect(uses.length).toBeGreaterThan(0);
  });

  it.each(uses)('%s: %s has %s', async (_, path, member) => {
    const module = (await import(join(__dirname, '..', '..', '..', 'src', path))) as Record<string, unknown>;
    expect(module[member]).toBeDefined();
  });
});
