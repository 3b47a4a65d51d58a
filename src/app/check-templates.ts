import type { Config } from '../config/config';
import type { CardTemplateRecord } from '../wechatpay/records/records';

/** One thing that was checked. */
export interface BrandCheck {
  readonly subject: string;
  /** `unproven`: no harmless call proves it; `detail` says what will. */
  readonly state: 'ok' | 'failed' | 'unproven';
  readonly detail: string;
  /** The setting to look at; for everything but `ok`. */
  readonly setting?: string;
}

/** What the templates of a brand tell about its notifications and its appid. */
export const checkTemplates = (
  templates: readonly CardTemplateRecord[],
  { notifications, wechatPay }: Config,
): readonly BrandCheck[] => {
  if (templates.length === 0)
    return [
      {
        subject: 'templates',
        state: 'unproven',
        detail: 'the brand has none yet: notify_url and appid are checked with the first one',
        setting: 'the notifyUrl of createCardTemplate',
      },
    ];
  const reaches = (url: string): boolean =>
    URL.canParse(url) &&
    new URL(url).pathname.endsWith(notifications.path) &&
    (new URL(url).protocol === 'https:' || wechatPay.hosts.main.startsWith('http:'));
  const wrong = templates.filter(({ notifyUrl }) => notifyUrl === undefined || !reaches(notifyUrl));
  const appids = [...new Set(templates.flatMap(({ appid }) => appid ?? []))];
  return [
    wrong.length === 0
      ? {
          subject: 'notify_url',
          state: 'ok',
          detail: `that of ${templates.length} template(s) ends in ${notifications.path}`,
        }
      : {
          subject: 'notify_url',
          state: 'failed',
          detail: `${wrong.map(({ cardId }) => cardId).join(', ')}: not https, or does not end in ${notifications.path}`,
          setting: 'notifications.path, or the notifyUrl of the template',
        },
    {
      subject: 'appid',
      state: appids.length === 0 ? 'unproven' : 'ok',
      detail:
        appids.length === 0
          ? 'no template names one'
          : `templates belong to ${appids.join(', ')}; openids of other appids are unknown to them`,
      ...(appids.length === 0 ? { setting: 'the appid of the template' } : {}),
    },
  ];
};
