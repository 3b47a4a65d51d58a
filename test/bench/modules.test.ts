import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', '..');
const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.(?:ts|mjs)$/.test(file) && !/^dist\/|node_modules|\.test\.ts$/.test(file),
);

/** What one file takes from another. Neither lint nor the compiler sees it: the benches run what is built. */
interface Use {
  readonly by: string;
  /** From the root of the project; of the product, the source of what is built. */
  readonly module: string;
  readonly member: string;
}

/** `const { a, b: c } = …`, or `import { a, b as c } …`: a and b. */
const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((one) => /^\w+/.exec(one.trim())?.[0] ?? '')
    .filter((name) => name !== '');

const sourceOf = (path: string): string => path.replace(/^dist\/(.*?)(?:\.js)?$/, 'src/$1.ts');

/** `'limits', 'prefer.mjs'`, as join() gets it. */
const pathOf = (list: string): string => list.replace(/[\s']/g, '').replaceAll(',', '/');

/** The ways in which a bench names a module, and where the path leads. */
const ways: readonly (readonly [RegExp, (path: string, file: string) => string])[] = [
  [
    /^(?:import|.*const) \{([^}]+)\} (?:from |= await import\()'(\.[^']+js)'/gm,
    (path, file) => join('test/bench', dirname(file), path),
  ],
  [/const \{([^}]+)\} = (?:fromProduct|dist)\('([^']+)'/g, (path) => join('dist', path)],
  [
    /const \{([^}]+)\} = \(await import\(\s*join\(productDir, ([^)]+)\)/g,
    (path) => join('dist', pathOf(path)),
  ],
  [
    /const \{([^}]+)\} = \(await import\(join\(benchDir, ([^)]+)\)/g,
    (path) => join('test/bench', pathOf(path)),
  ],
];

const usesOf = (file: string): readonly Use[] => {
  const text = readFileSync(join(__dirname, file), 'utf8');
  return ways.flatMap(([pattern, leadsTo]) =>
    [...text.matchAll(pattern)].flatMap(([, members = '', path = '']) =>
      namesIn(members).map((member) => ({ by: file, module: sourceOf(leadsTo(path, file)), member })),
    ),
  );
};

const uses = files.flatMap(usesOf);
const exportsOf = async (module: string): Promise<readonly string[]> =>
  module.endsWith('.mjs')
    ? [
        ...readFileSync(join(root, module), 'utf8').matchAll(
          /^export (?:async )?(?:const|function|class) (\w+)/gm,
        ),
      ].map(([, name = '']) => name)
    : Object.keys((await import(join(root, module))) as object);

describe('what the benches take from each other and from the product', () => {
  it('is found wherever it is taken', () => {
    const taken = /\b(?:fromProduct|dist)\('|(?<!typeof )\bimport\(|^import \{[^'}]+\} from '\.[^']*js'/gm;
    for (const file of files) {
      const found = readFileSync(join(__dirname, file), 'utf8').match(taken) ?? [];
      const modules = new Set(uses.filter(({ by }) => by === file).map(({ module }) => module));
      expect({ file, modules: modules.size }).toEqual({ file, modules: found.length });
    }
    expect(new Set(uses.map(({ by }) => dirname(by)))).toEqual(
      new Set(['bulk', 'contenders', 'directory', 'harness', 'limits', 'scale']),
    );
  });

  it.each([...new Set(uses.map(({ module }) => module))])('%s has it', async (module) => {
    const exported = await exportsOf(module);
    const missing = uses.filter((use) => use.module === module && !exported.includes(use.member));
    expect(missing).toEqual([]);
  });
});
