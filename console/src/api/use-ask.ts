import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../app/session';
import type { Answer } from './client';
import type { TypedDocumentString } from './documents';

/** How a query goes on. `data` of the former answer stays while the same question is asked again. */
export type Asked<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'waiting'; readonly data: T | undefined }
  | ({ readonly state: 'answered' } & Answer<T>);

export interface Query<T> {
  readonly asked: Asked<T>;
  readonly again: () => void;
  /** Shows a newer state of what was answered, such as the object that a mutation returned. */
  readonly replace: (data: T) => void;
}

/** Asks whenever document, variables, credential or language change; not while `variables` is undefined. */
export const useAsk = <T, V extends Readonly<Record<string, unknown>>>(
  document: TypedDocumentString<T, V>,
  variables: V | undefined,
): Query<T> => {
  const client = useClient();
  const [asked, setAsked] = useState<Asked<T>>({ state: 'idle' });
  const [count, setCount] = useState(0);
  const question = variables === undefined ? undefined : JSON.stringify(variables);
  const former = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (question === undefined) {
      former.current = undefined;
      setAsked({ state: 'idle' });
      return;
    }
    const isSame = former.current === question;
    former.current = question;
    setAsked((last) => ({
      state: 'waiting',
      data: isSame && last.state !== 'idle' ? last.data : undefined,
    }));
    const abort = new AbortController();
    void client.ask(document, JSON.parse(question) as V, abort.signal).then((answer) => {
      if (!abort.signal.aborted) setAsked({ state: 'answered', ...answer });
    });
    return () => {
      abort.abort();
    };
  }, [client, document, question, count]);

  return {
    asked,
    again: useCallback(() => {
      setCount((last) => last + 1);
    }, []),
    replace: useCallback((data: T) => {
      setAsked({ state: 'answered', data, problems: [] });
    }, []),
  };
};
