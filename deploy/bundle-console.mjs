// Bundles the console into dist/console, or into the directory that is named, unless what is there was made from the same sources.
// build.mjs runs it.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesBelow, hashOf, root, writeWhole } from './files.mjs';

const source = join(root, 'console');
const built = join(root, 'dist/console');
const target = process.argv[2] ?? built;
/** Written last; holds the hashes of what went in and what came out. */
const stamp = join(target, '.bundle.json');

const inputs = () =>
  hashOf([
    ...filesBelow(join(source, 'src')),
    ...[
      'console/index.html',
      'console/tsconfig.json',
      'package-lock.json',
      'deploy/bundle-console.mjs',
      // The only tables of the server that the console has too: they decide which columns it offers.
      'src/bulk/files/columns.ts',
      'src/bulk/files/kinds.ts',
    ].map((name) => join(root, name)),
  ]);

const outputs = () => hashOf(filesBelow(target).filter((file) => file !== stamp));

const isCurrent = () => {
  try {
    const bundled = JSON.parse(readFileSync(stamp, 'utf8'));
    return bundled.inputs === inputs() && bundled.outputs === outputs();
  } catch {
    return false;
  }
};

const bundle = async () => {
  const { build } = await import('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    jsx: 'automatic',
    target: 'es2022',
    tsconfig: join(source, 'tsconfig.json'),
    define: { 'process.env.NODE_ENV': '"production"' },
    entryPoints: { console: 'console/src/main.tsx' },
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'warning',
  };
  rmSync(target, { recursive: true, force: true });
  const assets = join(target, 'assets');
  mkdirSync(assets, { recursive: true });
  // Each page is a chunk of its own.
  const scripts = await build({
    ...common,
    format: 'esm',
    splitting: true,
    outdir: assets,
    loader: { '.css': 'empty' },
    metafile: true,
  });
  // One style sheet for all pages: esbuild does not load the styles of a chunk by itself.
  const styles = await build({ ...common, format: 'esm', outdir: assets, write: false });
  const sheet = styles.outputFiles.find(({ path }) => path.endsWith('.css'));
  writeFileSync(join(assets, basename(sheet.path)), sheet.contents);

  const [script] = Object.entries(scripts.metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint === 'console/src/main.tsx',
  );
  const page = readFileSync(join(source, 'index.html'), 'utf8')
    .replace('{script}', basename(script))
    .replace('{style}', basename(sheet.path));
  writeFileSync(join(target, 'index.html'), page);
  writeFileSync(join(target, 'documents.json'), JSON.stringify(await documents(build, common)));
};

/** The texts of the console's documents by SHA-256, exactly as it sends them. */
const documents = async (build, common) => {
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['console/src/api/documents.ts'],
    format: 'esm',
    write: false,
    outdir: target,
  });
  const source = Buffer.from(outputFiles[0].contents).toString('base64');
  const texts = Object.entries(await import(`data:text/javascript;base64,${source}`))
    .filter(([name]) => name.endsWith('Document'))
    .map(([, document]) => String(document));
  return Object.fromEntries(texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
};

/** A copy is all that is needed of what the build has made from the same sources. */
const copy = () => {
  if (target === built || !existsSync(join(built, '.bundle.json'))) return false;
  try {
    cpSync(built, target, { recursive: true });
  } catch {
    // The build replaces it at this moment.
    return false;
  }
  return isCurrent();
};

if (existsSync(source) && !isCurrent() && !copy()) {
  await bundle();
  writeWhole(stamp, JSON.stringify({ inputs: inputs(), outputs: outputs() }));
}
