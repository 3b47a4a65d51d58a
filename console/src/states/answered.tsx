import type { ReactNode } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import { Button } from '../form/button';
import type { Problem } from '../api/problem';
import type { Query } from '../api/use-ask';
import { useTexts } from '../i18n/language';
import { ProblemDetails, ProblemView } from './problem-view';
import { SlowNotice, type WaitsFor } from './slow-notice';
import { stateTexts } from './texts';

interface AnsweredProps<T, U> {
  readonly query: Query<T>;
  /** The part of the answer that is shown; `undefined` if it is missing, so that only its problems can be shown. */
  readonly pick: (data: T, problems: readonly Problem[]) => U | null | undefined;
  /** Has the shape of the content. */
  readonly skeleton: ReactNode;
  readonly waitsFor?: WaitsFor | undefined;
  readonly children: (part: U) => ReactNode;
}

/** The one place that decides what a query shows in each of its states. */
export const Answered = <T, U>({ query, pick, skeleton, waitsFor, children }: AnsweredProps<T, U>) => {
  const t = useTexts(stateTexts);
  const { asked, again } = query;
  if (asked.state === 'idle') return null;
  const problems = asked.state === 'answered' ? asked.problems : [];
  const part = asked.data === undefined ? undefined : (pick(asked.data, problems) ?? undefined);
  if (asked.state === 'waiting')
    return (
      <div aria-busy="true">
        <SlowNotice waitsFor={waitsFor} />
        {part === undefined ? (
          <>
            <span className="visually-hidden" role="status">
              {t.loading}
            </span>
            {skeleton}
          </>
        ) : (
          children(part)
        )}
      </div>
    );
  const [first] = problems;
  if (part === undefined) return first === undefined ? null : <ProblemView problem={first} retry={again} />;
  return (
    <>
      {first !== undefined && (
        <Alert
          theme="warning"
          title={t.partly}
          message={
            <>
              {first.message} <ProblemDetails problem={first} />
            </>
          }
          operation={
            <Button variant="text" size="small" onClick={again}>
              {t.retry}
            </Button>
          }
        />
      )}
      {children(part)}
    </>
  );
};
