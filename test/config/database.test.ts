import { readDatabase } from '../../src/config/database';

const read = (value: unknown, env: Record<string, string> = {}) => {
  const problems: string[] = [];
  const config = readDatabase({ path: 'database', value, problems }, { file: '/etc/cards/config.yaml', env });
  return { database: config.database, problems };
};

describe('the database of durable work', () => {
  it('is a directory beside the configuration, or an address', () => {
    expect(read({ directory: './data' })).toEqual({
      database: { directory: '/etc/cards/data' },
      problems: [],
    });
    const url = 'postgres://cards:p%23ss@db.example.com:5432/cards?sslmode=verify-full';
    expect(read({ url })).toEqual({ database: { url }, problems: [] });
    expect(read({ urlEnv: 'DB' }, { DB: `${url}\n` })).toEqual({ database: { url }, problems: [] });
    expect(read(undefined)).toEqual({ database: undefined, problems: [] });
  });

  it.each<[unknown, RegExp]>([
    [{}, /database\.directory: is missing/],
    [null, /database: must be a mapping/],
    ['./data', /database: must be a mapping/],
    [{ directory: '' }, /database\.directory: must be the path of a directory/],
    [
      { directory: 'a', url: 'postgres://CANARY@a/b' },
      /write only one of directory, url, urlFile and urlEnv/,
    ],
    [{ url: 'mysql://CANARY@a/b' }, /database\.url: must be postgres:/],
    [{ url: 'postgres://u:CANARY#x@a/b' }, /percent-encode/],
    [{ url: 'postgres://u:%CANARY@a/b' }, /percent-encode/],
    [{ url: 'postgres://u:CANARY@host' }, /the name of the database follows the host/],
    [{ url: 'postgres://u:CANARY@host/a/b' }, /the name of the database follows the host/],
    [{ file: 'a' }, /database: /],
    [{ urlFile: 'none' }, /database\.urlFile: the file cannot be read: it does not exist/],
  ])('%j is a problem, and no part of the address is repeated', (value, expected) => {
    const { database, problems } = read(value);
    expect(database).toBeUndefined();
    expect(problems.join('\n')).toMatch(expected);
    expect(problems.join('\n')).not.toContain('CANARY');
  });
});
