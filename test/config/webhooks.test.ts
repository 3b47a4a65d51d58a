import { readWebhooks } from '../../src/config/webhooks';
import { webhookKinds } from '../../src/webhooks/settings';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const env: Readonly<Record<string, string>> = { SECRET: secret };
const valid = { id: 'crm', url: 'https://crm.example.com/a?b=1', secretEnv: 'SECRET' };

const read = (value: unknown, { hasDatabase = true, variables = env } = {}) => {
  const problems: string[] = [];
  const webhooks = readWebhooks(
    { path: 'webhooks', value, problems },
    { source: { file: '/etc/cards/config.yaml', env: variables }, brandIds: ['1004', '1005'], hasDatabase },
  );
  return { webhooks, problems };
};

describe('webhooks', () => {
  it('have all kinds and brands, and no personal data, by default', () => {
    const { webhooks, problems } = read([valid]);
    expect(problems).toEqual([]);
    expect(webhooks).toMatchObject([
      { id: 'crm', url: valid.url, kinds: webhookKinds, personalMembers: [], allowPrivateNetwork: false },
    ]);
    expect(webhooks[0]?.brandIds).toBeUndefined();
    expect(webhooks[0]?.secret.export()).toEqual(Buffer.alloc(32, 1));
    expect(JSON.stringify(webhooks)).not.toContain(secret.slice(6, 20));
    expect(read(undefined)).toEqual({ webhooks: [], problems: [] });
  });

  it('need a database', () => {
    expect(read([valid], { hasDatabase: false }).problems.join()).toMatch(
      /^webhooks: needs the section database/,
    );
  });

  it.each<[unknown, RegExp]>([
    [{ ...valid, id: 'A b' }, /webhooks\[0\]\.id: must be a name/],
    [{ ...valid, url: 'http://crm.example.com/CANARY' }, /\.url: must be https.*allowPrivateNetwork/],
    [{ ...valid, url: 'ftp://crm.example.com/CANARY' }, /\.url: must be https/],
    [{ ...valid, url: 'https://u:CANARY@crm.example.com/' }, /\.url: must be https.*without user/],
    [{ ...valid, url: 'https://10.0.0.1/CANARY' }, /\.url: is an address of a private network/],
    [{ ...valid, url: 'https://[::1]/CANARY' }, /\.url: is an address of a private network/],
    [{ ...valid, url: 'https://2130706433/CANARY' }, /\.url: is an address of a private network/],
    [{ ...valid, secretEnv: 'OTHER' }, /\.secretFile: must be whsec_/],
    [{ ...valid, secretEnv: undefined }, /\.secretFile: is missing/],
    [{ ...valid, brandIds: ['1006'] }, /\.brandIds\[0\]: must be 1004 or 1005/],
    [{ ...valid, kinds: ['CANARY'] }, /\.kinds\[0\]: must be USER_CARD_CREATE or/],
    [{ ...valid, kinds: [] }, /\.kinds: must list at least one kind/],
    [{ ...valid, personalMembers: ['phone'] }, /\.personalMembers\[0\]: must be openid or/],
  ])('%j is a problem, and its value is not repeated', (entry, expected) => {
    const { problems } = read([entry], { variables: { ...env, OTHER: 'whsec_CANARY' } });
    expect(problems.join('\n')).toMatch(expected);
    expect(problems.join('\n')).not.toContain('CANARY');
  });

  it('have names of their own', () => {
    expect(read([valid, valid]).problems).toEqual([
      'webhooks[1].id: is listed twice; list every webhook once',
    ]);
  });

  it('may be inside if they are allowed to be', () => {
    const inside = { ...valid, url: 'http://10.0.0.1:8080/hook', allowPrivateNetwork: true };
    expect(read([inside])).toMatchObject({ webhooks: [{ url: inside.url }], problems: [] });
  });
});
