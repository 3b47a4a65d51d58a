import { certificateFindings } from '../../src/app/certificate-findings';
import type { BrandSettings, WechatPaySettings } from '../../src/wechatpay/settings';
import { newPair } from '../support/key-pairs';
import { settingsAt } from '../wechatpay/upstream';

const { privateKey } = newPair();
const settings = (...routes: readonly BrandSettings['route'][]): WechatPaySettings =>
  settingsAt('https://api.mch.weixin.qq.com', {
    brands: routes.map((route, index) => ({ brandId: String(index), name: 'a', route })),
    brandCredentials: [{ brandId: '0', serial: 'A1', privateKey, formerPrivateKeys: [], publicKeys: [] }],
  });
const levelFor = (of: WechatPaySettings) =>
  certificateFindings(of, { missing: 'none is here', now: 0 }).map(({ level }) => level);

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
    expect(certificateFindings(settings('partner'), { missing: undefined, now: 0 })).toEqual([]);
  });
});
