import { useEffect } from 'react';
import { Button } from '../form/button';
import type { Problem } from '../api/problem';
import { useTexts } from '../i18n/language';
import { StateView } from './state-view';
import { stateTexts } from './texts';
import { useCountdown } from './use-countdown';

interface ProblemViewProps {
  readonly problem: Problem;
  readonly retry?: (() => void) | undefined;
}

/** Where the server's words are for programs. */
const ownTexts: Readonly<Record<string, 'offlineAdvice' | 'budgetUsed' | 'tooManyRequests'>> = {
  OFFLINE: 'offlineAdvice',
  UPSTREAM_RATE_LIMITED: 'budgetUsed',
  RATE_LIMITED: 'tooManyRequests',
};

/** A problem in place of what was asked for, in the server's words. */
export const ProblemView = ({ problem, retry }: ProblemViewProps) => {
  const t = useTexts(stateTexts);
  const { kind, code, message, retryAfterMs = 0 } = problem;
  const left = useCountdown(retryAfterMs, problem);
  useEffect(() => {
    if (kind !== 'offline' || retry === undefined) return;
    addEventListener('online', retry);
    return () => {
      removeEventListener('online', retry);
    };
  }, [kind, retry]);
  const helps = kind !== 'forbidden' && kind !== 'refused' && kind !== 'signIn';
  return (
    <StateView
      kind={kind}
      title={t[kind]}
      text={ownTexts[code] === undefined ? message : t[ownTexts[code]]}
      details={<ProblemDetails problem={problem} />}
    >
      {retry !== undefined && helps && (
        <Button theme="default" disabled={left > 0} onClick={retry}>
          {left > 0 ? t.retryIn(left) : t.retry}
        </Button>
      )}
    </StateView>
  );
};

/** What support asks for, and WeChat Pay's own sentence. */
export const ProblemDetails = ({ problem }: { readonly problem: Problem }) => {
  const t = useTexts(stateTexts);
  const { wechatMessage, requestId, errorId, hint } = problem;
  const parts = [
    hint,
    wechatMessage === undefined ? undefined : `${t.wechat}：${wechatMessage}`,
    requestId === undefined ? undefined : `Request-ID ${requestId}`,
    errorId === undefined ? undefined : t.errorId(errorId),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : <>{parts.join(' · ')}</>;
};
