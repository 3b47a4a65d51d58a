import { createDependencyFindings } from '../../src/app/dependency-findings';
import { systemClock } from '../../src/shared/clock';
import { createAccounts } from '../../src/wechatpay/accounts/accounts';
import { createUpstreamClock } from '../../src/wechatpay/crypto/upstream-clock';
import { newPair } from '../support/key-pairs';
import { settingsAt } from '../wechatpay/upstream';

const { privateKey } = newPair();
const ids = Array.from({ length: 8 }, (_, brand) => String(2000 + brand));

const setUp = () => {
  const accounts = createAccounts(
    settingsAt('https://api.mch.weixin.qq.com', {
      brands: ids.map((brandId) => ({ brandId, name: 'a', route: 'brand' })),
      brandCredentials: ids.map((brandId) => ({
        brandId,
        serial: 'A1',
        privateKey,
        formerPrivateKeys: [],
        publicKeys: [],
      })),
    }),
    systemClock,
  );
  const findings = createDependencyFindings({
    clock: systemClock,
    accounts,
    upstreamClock: createUpstreamClock(systemClock),
    store: () => [],
    auditLog: undefined,
  });
  const refused = (brands: readonly string[]): void => {
    for (const id of brands) accounts.refused({ route: 'brand', id }, [`look at the serial of ${id}`, '']);
  };
  return { accounts, findings, refused };
};

describe('refused credentials', () => {
  it('of some brands are a warning that names them', () => {
    const { accounts, findings, refused } = setUp();
    expect(findings()).toEqual([]);
    refused(['2001', '2003']);
    expect(findings()).toEqual([
      {
        code: 'credential.refused',
        level: 'warning',
        detail:
          'WeChat Pay refuses 2 of 8 credentials of the brand route: 2001, 2003 (401). look at the serial of 2001',
      },
    ]);
    accounts.accepted({ route: 'brand', id: '2001' });
    accounts.accepted({ route: 'brand', id: '2003' });
    expect(findings()).toEqual([]);
  });

  it('of many brands are one finding with five of them', () => {
    const { findings, refused } = setUp();
    refused(ids.slice(1));
    expect(findings()[0]?.detail).toContain(
      '7 of 8 credentials of the brand route: 2001, 2002, 2003, 2004, 2005, … (401)',
    );
  });

  it('take the process out of service if no other is left on the route', () => {
    const { findings, refused } = setUp();
    refused(ids);
    expect(findings()).toMatchObject([
      {
        level: 'failing',
        detail: expect.stringContaining('every credential of the brand route (401)') as string,
      },
    ]);
  });
});
