import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../app/session';
import type { TypedDocumentString } from './documents';
import type { Asked, Query } from './use-ask';

/**
 * Asks again and again, and keeps what is shown while it does. `everyMs` says when to ask next, from the newest data; `undefined` ends
 * it. A problem does not end it: what was read before stays, with the problem.
 */
export const usePoll = <T, V extends Readonly<Record<string, unknown>>>(
  document: TypedDocumentString<T, V>,
  variables: V,
  everyMs: (data: T | undefined) => number | undefined,
): Query<T> => {
  const client = useClient();
  const [asked, setAsked] = useState<Asked<T>>({ state: 'waiting', data: undefined });
  const [count, setCount] = useState(0);
  const next = useRef(everyMs);
  next.current = everyMs;
  const question = JSON.stringify(variables);
  const shown = useRef<{ readonly question: string; readonly data: T }>();

  useEffect(() => {
    const held = () => (shown.current?.question === question ? shown.current.data : undefined);
    if (held() === undefined) setAsked({ state: 'waiting', data: undefined });
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const { data, problems } = await client.ask(document, JSON.parse(question) as V, abort.signal);
      if (abort.signal.aborted) return;
      if (data !== undefined) shown.current = { question, data };
      setAsked({ state: 'answered', data: held(), problems });
      const waitMs = next.current(held());
      if (waitMs !== undefined)
        timer = setTimeout(() => void look(), Math.max(waitMs, problems[0]?.retryAfterMs ?? 0));
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [client, document, question, count]);

  return {
    asked,
    again: useCallback(() => {
      setCount((last) => last + 1);
    }, []),
    replace: useCallback(
      (data: T) => {
        shown.current = { question, data };
        setAsked({ state: 'answered', data, problems: [] });
      },
      [question],
    ),
  };
};
