// The installed packages: one graphql, since its classes are compared by identity, and no engine or peer complaints.
import { spawnSync } from 'node:child_process';

const list = (...words) =>
  spawnSync('npm', ['ls', '--all', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const { status } = list();
const copies = new Set(list('graphql', '--parseable').stdout.split('\n').filter(Boolean));
if (copies.size !== 1) console.error(`one graphql is needed, found:\n${[...copies].join('\n')}`);
process.exitCode = status === 0 && copies.size === 1 ? 0 : 1;
