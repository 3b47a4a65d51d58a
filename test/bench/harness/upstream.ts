import { setPriority } from 'node:os';
import { join } from 'node:path';
import { productDir } from './places';

// Another machine in earnest: when a call arrived must not depend on what else runs here. Needs the right to do so.
try {
  setPriority(-15);
} catch {
  process.stderr.write('the stand-in runs at the same priority as what is measured\n');
}

interface StandInModule {
  readonly startSandbox: (options: { readonly membersPerBrand: number }) => Promise<{ readonly url: string }>;
}

/** The product's stand-in upstream, in a process of its own: `upstream.js MEMBERS_PER_BRAND`. */
const main = async (): Promise<void> => {
  const { startSandbox } = (await import(join(productDir, 'sandbox', 'server.js'))) as StandInModule;
  const { url } = await startSandbox({ membersPerBrand: Number(process.argv[2]) });
  process.stdout.write(`${url}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
