import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Build step: copies GraphiQL, React and our page beside the compiled explorer, so that the server needs no CDN. */
const root = join(__dirname, '..', '..', '..');
const source = join(root, 'src', 'server', 'explorer', 'page');
const packages: Readonly<Record<string, string>> = {
  'graphiql.js': 'graphiql/graphiql.min.js',
  'graphiql.css': 'graphiql/graphiql.min.css',
  'graphql-sse.js': 'graphql-sse/umd/graphql-sse.min.js',
  'react.js': 'react/umd/react.production.min.js',
  'react-dom.js': 'react-dom/umd/react-dom.production.min.js',
};

export const assemble = (target: string): void => {
  // The server serves all files that are here, so no former one may stay.
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(target, name));
  for (const [name, file] of Object.entries(packages))
    copyFileSync(join(root, 'node_modules', file), join(target, name));
};

if (require.main === module) assemble(join(__dirname, 'assets'));
