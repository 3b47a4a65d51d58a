import { useState } from 'react';
import type { Client } from '../api/client';
import type { TypedDocumentString } from '../api/documents';
import type { Problem } from '../api/problem';
import type { Query } from '../api/use-ask';
import { useClient } from '../app/session';

/** A page of a connection. */
export interface Page<N> {
  readonly nodes: readonly N[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** A list as far as it was asked for. */
export interface Pages<N, P = unknown> {
  readonly nodes: readonly N[];
  readonly pages: readonly P[];
  readonly hasMore: boolean;
  readonly isBusy: boolean;
  /** Of the last attempt to go on. */
  readonly problem: Problem | undefined;
  readonly more: () => void;
}

type NodeOf<P extends Page<unknown>> = P['nodes'][number];

interface PagesOptions<T, V, P extends Page<unknown>> {
  readonly document: TypedDocumentString<T, V>;
  readonly variables: V | undefined;
  /** Asks for the first page. It may ask again: further pages stay. */
  readonly query: Query<T>;
  readonly pick: (data: T) => P | null | undefined;
  /** Names an element: one that has moved to a later page since is shown once. */
  readonly keyOf: (node: NodeOf<P>) => string | number;
  /** Further pages are dropped when it changes, because they are out of date then. */
  readonly version?: string;
}

/** What was asked for behind the first page, and of whom. */
interface Further<P extends Page<unknown>> extends Pick<Pages<unknown>, 'isBusy' | 'problem'> {
  readonly client: Client;
  readonly question: string;
  readonly pages: readonly P[];
  /** All that was shown when the last page came, that page included. */
  readonly shown: ReadonlyMap<string | number, NodeOf<P>>;
}

/** A list of any length, page by page: the first is that of a query, the further ones are asked for. */
export const usePages = <T, V extends Readonly<Record<string, unknown>>, P extends Page<unknown>>({
  document,
  variables,
  query: { asked },
  pick,
  keyOf,
  version = '',
}: PagesOptions<T, V, P>): Pages<NodeOf<P>, P> => {
  const client = useClient();
  const question = JSON.stringify([variables ?? null, version]);
  const none: Further<P> = {
    client,
    question,
    pages: [],
    shown: new Map(),
    isBusy: false,
    problem: undefined,
  };
  const [held, setHeld] = useState(none);
  const isOf = (one: Further<P>): boolean => one.client === client && one.question === question;

  const first = asked.state === 'idle' || asked.data === undefined ? undefined : pick(asked.data);
  const newest = first?.nodes ?? [];
  // New elements may have moved the first page away from the further ones. Then something between them is missing.
  const isWhole =
    held.pages.length === 0 || newest.length === 0 || newest.some((node) => held.shown.has(keyOf(node)));
  const further = isOf(held) && isWhole ? held : none;
  const pages = first ? [first, ...further.pages] : [];
  const last = pages.at(-1);
  const after = last?.pageInfo.hasNextPage === true ? last.pageInfo.endCursor : undefined;
  const keyed = (nodes: readonly NodeOf<P>[]) => nodes.map((node) => [keyOf(node), node] as const);
  const nodes = new Map([...keyed(newest), ...further.shown, ...keyed(newest)]);

  const goOn = async (): Promise<void> => {
    setHeld({ ...further, isBusy: true, problem: undefined });
    const { data, problems } = await client.ask(document, { ...(variables as V), after });
    const page = data === undefined ? undefined : pick(data);
    setHeld((now) => {
      // Another list may be shown by now.
      if (!isOf(now)) return now;
      const ended = { ...now, isBusy: false, problem: problems[0] };
      if (!page) return ended;
      return { ...ended, pages: [...now.pages, page], shown: new Map([...nodes, ...keyed(page.nodes)]) };
    });
  };

  return {
    nodes: [...nodes.values()],
    pages,
    hasMore: typeof after === 'string',
    isBusy: further.isBusy,
    problem: further.problem,
    more() {
      if (!further.isBusy && typeof after === 'string') void goOn();
    },
  };
};
