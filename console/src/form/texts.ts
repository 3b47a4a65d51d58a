import { inBoth } from '../i18n/texts';

export const formTexts = inBoth(
  { close: '关闭', cancel: '取消', retry: '重试' },
  { close: 'Close', cancel: 'Cancel', retry: 'Try again' },
);
