import { parseArgs } from 'node:util';
import { checkBrand } from '../app/check-brand';
import { loadConfig } from '../config/load';
import { systemClock, type Clock } from '../shared/clock';

const usage = `Usage: npm run check-brand -- BRAND_ID... --config FILE

Proves the credentials of brands against WeChat Pay with calls that change nothing, and prints one line for each: serial and
private key, WeChat Pay's key, APIv3 key, notify_url and appid, with the setting to look at. Without a brand: all of them.

  --config FILE   the configuration; also WECHAT_MEMBER_CONFIG

Exit code: 0 if nothing failed, 1 otherwise.`;

export interface CheckIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly print: (line: string) => void;
}

/** Checks the brands that the arguments name. Returns the exit code. */
export const checkBrands = async (
  argv: readonly string[],
  { env, clock, print }: CheckIo,
): Promise<number> => {
  let file: string | undefined;
  let named: readonly string[];
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { config: { type: 'string' } },
      allowPositionals: true,
    });
    [file, named] = [values.config ?? env.WECHAT_MEMBER_CONFIG, positionals];
  } catch (error) {
    print(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
    return 1;
  }
  if (file === undefined) {
    print(usage);
    return 1;
  }
  const config = await loadConfig({ file, env, clock });
  const { brands } = config.wechatPay;
  const unknown = named.filter((id) => !brands.some(({ brandId }) => brandId === id));
  if (unknown.length > 0) {
    print(
      `${unknown.join(', ')}: not a brand of the configuration, which has ${brands.map(({ brandId }) => brandId).join(', ')}`,
    );
    return 1;
  }
  let failed = false;
  for (const brand of brands.filter(({ brandId }) => named.length === 0 || named.includes(brandId)))
    for (const { subject, state, detail, setting } of await checkBrand(config, brand, clock)) {
      failed ||= state === 'failed';
      const look = setting === undefined ? '' : `; look at ${setting}`;
      print(`${brand.brandId}  ${state.padEnd(8)}  ${subject}: ${detail}${look}`);
    }
  return failed ? 1 : 0;
};

if (require.main === module)
  checkBrands(process.argv.slice(2), {
    // eslint-disable-next-line no-restricted-properties -- the file, and secrets that it names, may be environment variables
    env: process.env,
    clock: systemClock,
    print: (line) => process.stdout.write(`${line}\n`),
  }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
      process.exitCode = 1;
    },
  );
