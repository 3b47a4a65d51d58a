import { join } from 'node:path';
import { benchDir, productDir } from './places';

type SandboxServer = typeof import('../../../src/sandbox/server');

interface Preferring {
  readonly prefer: (pid: number) => void;
}

/** The product's stand-in upstream, in a process of its own: `upstream.js MEMBERS_PER_BRAND`. */
const main = async (): Promise<void> => {
  const { prefer } = (await import(join(benchDir, 'limits', 'prefer.mjs'))) as Preferring;
  prefer(process.pid);
  const { startSandbox } = (await import(join(productDir, 'sandbox', 'server.js'))) as SandboxServer;
  const { url } = await startSandbox({ membersPerBrand: Number(process.argv[2]) });
  process.stdout.write(`${url}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
