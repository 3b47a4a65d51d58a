import { useState } from 'react';
import { useClient } from '../app/session';
import type { TypedDocumentString } from './documents';
import type { Problem } from './problem';

/** An error that other input corrects, in the server's words. */
export interface InputError {
  readonly field?: readonly string[] | null;
  readonly message: string;
  readonly requestId?: string | null;
  readonly wechatMessage?: string | null;
}

interface Payload {
  readonly userErrors: readonly InputError[];
}

export interface Mutation<V, P> {
  readonly isBusy: boolean;
  /** Of the last attempt. */
  readonly problems: readonly Problem[];
  readonly inputErrors: readonly InputError[];
  /** The message about one field of the input, by its last name. */
  readonly errorOf: (field: string) => string | undefined;
  /** Resolves to the payload if the mutation was done, otherwise to `undefined`. */
  readonly run: (variables: V) => Promise<P | undefined>;
}

/** `pick` finds the payload in the data. */
export const useMutation = <T, V extends Readonly<Record<string, unknown>>, P extends Payload>(
  document: TypedDocumentString<T, V>,
  pick: (data: T) => P | null | undefined,
): Mutation<V, P> => {
  const client = useClient();
  const [isBusy, setIsBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [inputErrors, setInputErrors] = useState<readonly InputError[]>([]);
  return {
    isBusy,
    problems,
    inputErrors,
    errorOf: (field) => inputErrors.find((error) => error.field?.at(-1) === field)?.message,
    async run(variables) {
      setIsBusy(true);
      setProblems([]);
      setInputErrors([]);
      const { data, problems: found } = await client.ask(document, variables);
      const payload = data === undefined ? undefined : (pick(data) ?? undefined);
      setIsBusy(false);
      setInputErrors(payload?.userErrors ?? []);
      // What was done is done, although a part of its answer may be missing.
      if (payload === undefined) setProblems(found);
      return payload?.userErrors.length === 0 ? payload : undefined;
    },
  };
};
