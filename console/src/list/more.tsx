import { Button } from '../form/button';
import { Refusal } from '../form/refusal';
import { useTexts } from '../i18n/language';
import { listTexts } from './texts';
import type { Pages } from './use-pages';
import './more.css';

interface MoreProps {
  readonly list: Pick<Pages<unknown>, 'hasMore' | 'isBusy' | 'problem' | 'more'>;
  /** Default: "load more". */
  readonly label?: string;
}

/** The way on in a list, and why it could not be gone; nothing if all of the list is shown. */
export const More = ({ list: { hasMore, isBusy, problem, more }, label }: MoreProps) => {
  const t = useTexts(listTexts);
  if (!hasMore && problem === undefined) return null;
  return (
    <div className="more">
      {problem !== undefined && <Refusal mutation={{ problems: [problem], inputErrors: [] }} />}
      {hasMore && (
        <Button theme="default" loading={isBusy} onClick={more}>
          {label ?? t.more}
        </Button>
      )}
    </div>
  );
};
