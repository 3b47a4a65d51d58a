import { Tag } from 'tdesign-react/es/tag';
import type { ConsoleCardFragment } from '../../api/documents';
import { useTexts } from '../../i18n/language';
import { memberTexts } from './texts';

const themes = {
  EFFECTIVE: 'success',
  UNACTIVATED: 'warning',
  EXPIRED: 'default',
  INVALID: 'danger',
  UNKNOWN: 'default',
} as const;

export const hasEnded = ({ userCardState }: Pick<ConsoleCardFragment, 'userCardState'>): boolean =>
  userCardState === 'EXPIRED' || userCardState === 'INVALID';

/** The state of a card; one that this version does not know has WeChat Pay's name. */
export const CardState = ({ card }: { readonly card: ConsoleCardFragment }) => {
  const t = useTexts(memberTexts);
  const { userCardState: state, userCardStateRaw } = card;
  return (
    <Tag theme={themes[state]} variant="light">
      {state === 'UNKNOWN' ? (userCardStateRaw ?? t.UNKNOWN) : t[state]}
    </Tag>
  );
};
