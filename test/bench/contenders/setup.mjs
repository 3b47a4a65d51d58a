import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const read = (file) => readFileSync(file, 'utf8');

/** What the harness tells every contender, with keys read, and the product's own signing code. */
export const readSetup = () => {
  const setup = JSON.parse(read(process.argv[2]));
  const require = createRequire(import.meta.url);
  const fromProduct = (path) => require(join(setup.product, path));
  return {
    ...setup,
    typeDefs: read(setup.contract),
    publicKey: { ...setup.publicKey, key: createPublicKey(read(setup.publicKey.file)) },
    brands: new Map(
      setup.brands.map((brand) => [
        brand.brandId,
        { ...brand, privateKey: createPrivateKey(read(brand.privateKeyFile)) },
      ]),
    ),
    fromProduct,
  };
};
