import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '../src/config/load';
import { systemClock } from '../src/shared/clock';
import { userErrorCodes } from '../src/graphql/inputs/user-error-code';
import { publicText } from '../src/shared/errors';
import { anchorsOf, withoutBlocks } from './support/anchors';
import { newPair } from './support/key-pairs';

const root = join(__dirname, '..');
const textOf = (document: string): string => readFileSync(join(root, document), 'utf8');

const documents = [
  'README.md',
  'README.zh-CN.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'src/README.md',
  'console/README.md',
  'src/sandbox/README.md',
  'test/bench/README.md',
  'deploy/README.md',
  'deploy/README.zh-CN.md',
];
const readmes = ['README.md', 'README.zh-CN.md'];

describe.each(documents)('%s', (document) => {
  const text = textOf(document);

  it('links to what exists', () => {
    const targets = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter((target) => {
      if (/^https:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names source files that exist', () => {
    const paths = [...text.matchAll(/`([\w-]+(?:\/[\w.-]+)+\.(?:ts|mjs|graphql))`/g)].map(
      ([, path = '']) => path,
    );
    const places = [root, join(root, 'src'), join(root, dirname(document))];
    expect(paths.filter((path) => !places.some((place) => existsSync(join(place, path))))).toEqual([]);
  });
});

describe.each(readmes)('the error table of %s', (document) => {
  it('has every code that a client may meet', () => {
    const listed = [...textOf(document).matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code);
    const codes = [...Object.keys(publicText), ...Object.keys(userErrorCodes)];
    expect(listed.sort()).toEqual(codes.sort());
  });
});

describe.each(readmes)('the configuration of %s', (document) => {
  const directory = mkdtempSync(join(tmpdir(), 'readme-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('is complete and valid', async () => {
    const own = newPair();
    const wechatPay = newPair();
    mkdirSync(join(directory, 'keys'));
    const key = Buffer.alloc(32, 7).toString('base64');
    const contents = {
      'api-keys.json': '{"keys": []}',
      'brand-1004.pem': own.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'wechatpay-brand-1004.pem': wechatPay.publicKey.export({ type: 'spki', format: 'pem' }),
      'brand-1004-api.key': '0123456789abcdef0123456789abcdef',
      'ids.key': key,
      'encryption-k1.key': key,
      'audit.key': key,
    };
    for (const [name, content] of Object.entries(contents))
      writeFileSync(join(directory, 'keys', name), content, { mode: 0o600 });
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(textOf(document)) ?? [];
    const file = join(directory, 'config.yaml');
    writeFileSync(file, yaml);
    const config = await loadConfig({ file, env: {}, clock: systemClock });
    expect(config.wechatPay.brands).toEqual([{ brandId: '1004', name: '示例品牌', route: 'brand' }]);
  });
});

describe('README.zh-CN.md', () => {
  it('has full-width punctuation beside Chinese', () => {
    // Code and links have punctuation of their own.
    const prose = withoutBlocks(textOf('README.zh-CN.md')).replace(/`[^`]*`|\]\([^)]*\)/g, ' ');
    expect(prose.match(/.*(?:\p{Script=Han}[,;:!?()]|[,;:!?()]\p{Script=Han}).*/gu) ?? []).toEqual([]);
  });

  it('has the sections of the English one', () => {
    const levels = (document: string): readonly number[] =>
      [...withoutBlocks(textOf(document)).matchAll(/^(#+) /gm)].map(([, marks = '']) => marks.length);
    expect(levels('README.zh-CN.md')).toEqual(levels('README.md'));
  });
});

describe('the version', () => {
  it('is the newest one of the changelog, and that of the lock file', () => {
    const { version } = JSON.parse(textOf('package.json')) as { readonly version: string };
    const lock = JSON.parse(textOf('package-lock.json')) as { readonly version: string };
    const [, newest] = /^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$/m.exec(textOf('CHANGELOG.md')) ?? [];
    expect([newest, lock.version]).toEqual([version, version]);
  });
});
