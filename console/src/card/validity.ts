import type { ConsoleCardFragment } from '../api/documents';
import { day } from '../format/format';
import type { Language } from '../i18n/texts';

type Validity = ConsoleCardFragment['validDateInformation'];

interface ValidityTexts {
  readonly permanent: string;
  readonly days: (days: string) => string;
  readonly range: (from: string, to: string) => string;
}

/** When a card is valid, in words. A type that this version does not know is shown as WeChat Pay names it. */
export const validityText = (validity: Validity, texts: ValidityTexts, language: Language): string => {
  if (!validity) return '';
  const {
    type,
    typeRaw,
    availableBeginTime: from,
    availableEndTime: to,
    availableDayAfterReceive: days,
  } = validity;
  if (type === 'PERMANENT') return texts.permanent;
  if (type === 'FIX_TERM' && typeof days === 'number') return texts.days(String(days));
  if (typeof from === 'string' && typeof to === 'string')
    return texts.range(day(from, language), day(to, language));
  return typeRaw ?? '';
};
