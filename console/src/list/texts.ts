import { inBoth } from '../i18n/texts';

export const listTexts = inBoth({ more: '加载更多' }, { more: 'Load more' });
