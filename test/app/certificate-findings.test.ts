import { certificateFindings } from '../../src/app/certificate-findings';
import type { BrandSettings, PartnerCredential, WechatPaySettings } from '../../src/wechatpay/settings';
import { newPair } from '../support/key-pairs';
import { settingsAt } from '../wechatpay/upstream';

const { privateKey } = newPair();
const partnerOf = (mchid: string): PartnerCredential => ({
  ...{ mchid, serial: 'B1', privateKey, formerPrivateKeys: [], publicKeys: [], platformCertificates: [] },
});
const settings = (...routes: readonly BrandSettings['route'][]): WechatPaySettings =>
  settingsAt('https://api.mch.weixin.qq.com', {
    partner: partnerOf('1900000001'),
    brands: routes.map((route, index) => ({ brandId: String(index), name: 'a', route })),
    brandCredentials: [{ brandId: '0', serial: 'A1', privateKey, formerPrivateKeys: [], publicKeys: [] }],
  });
const levelFor = (of: WechatPaySettings) =>
  certificateFindings(of, { missing: new Map([['1900000001', 'none is here']]), now: 0 }).map(
    ({ level }) => level,
  );

describe('a missing platform certificate', () => {
  it('takes the process out of service if every brand needs it', () => {
    expect(levelFor(settings('partner'))).toEqual(['failing']);
    expect(levelFor(settings('partner', 'auto'))).toEqual(['failing']);
  });

  it('is a warning if a brand has a credential of its own', () => {
    expect(levelFor(settings('brand', 'partner'))).toEqual(['warning']);
    expect(levelFor(settings('auto', 'partner'))).toEqual(['warning']);
  });

  it('is no finding if none is missing', () => {
    expect(certificateFindings(settings('partner'), { missing: new Map(), now: 0 })).toEqual([]);
  });

  it('is a warning that names the partner if the brands have another partner too', () => {
    const both = {
      ...settings('partner', 'partner'),
      partners: [partnerOf('1900000002')],
      brands: [undefined, '1900000002'].map((partner, index) => ({
        ...{ brandId: String(index), name: 'a', route: 'partner' as const },
        ...(partner === undefined ? {} : { partner }),
      })),
    };
    const missing = new Map([['1900000002', 'none is here']]);
    expect(certificateFindings(both, { missing, now: 0 })).toEqual([
      { code: 'certificate.missing', level: 'warning', detail: 'partner 1900000002: none is here' },
    ]);
  });
});
