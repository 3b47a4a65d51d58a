import { join } from 'node:path';
import { benchDir, productDir } from './places';

interface StandInModule {
  readonly startSandbox: (options: { readonly membersPerBrand: number }) => Promise<{ readonly url: string }>;
}

interface Preferring {
  readonly prefer: (pid: number) => void;
}

/** The product's stand-in upstream, in a process of its own: `upstream.js MEMBERS_PER_BRAND`. */
const main = async (): Promise<void> => {
  const { prefer } = (await import(join(benchDir, 'limits', 'prefer.mjs'))) as Preferring;
  prefer(process.pid);
  const { startSandbox } = (await import(join(productDir, 'sandbox', 'server.js'))) as StandInModule;
  const { url } = await startSandbox({ membersPerBrand: Number(process.argv[2]) });
  process.stdout.write(`${url}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
