import { useEffect, useReducer } from 'react';
import {
  ConsoleEventsDocument,
  type ConsoleEventFragment,
  type UserCardEventType,
} from '../../api/documents';
import type { Problem } from '../../api/problem';
import { useClient } from '../../app/session';

/** Events shown; older ones are dropped from the page, not from the server. */
const maxShown = 300;
/** Pauses before a broken stream is opened again, ms. */
const pausesMs = [1_000, 2_000, 5_000, 10_000] as const;

export interface Following {
  /** `waiting`: the stream broke off and is opened again soon. `stopped`: trying again would not help. */
  readonly state: 'connecting' | 'live' | 'waiting' | 'stopped' | 'paused';
  /** The newest first. */
  readonly events: readonly ConsoleEventFragment[];
  readonly problem?: Problem;
  /** The server no longer had the events after the last one; the list has a gap. */
  readonly hasGap: boolean;
}

type Change =
  | { readonly is: 'begun' }
  | { readonly is: 'opened' }
  | { readonly is: 'paused' }
  | { readonly is: 'cleared' }
  | { readonly is: 'gap' }
  | { readonly is: 'event'; readonly event: ConsoleEventFragment }
  | { readonly is: 'broken'; readonly problem: Problem; readonly isFinal: boolean };

const first: Following = { state: 'connecting', events: [], hasGap: false };

const changed = (last: Following, change: Change): Following => {
  const { problem: _, ...calm } = last;
  switch (change.is) {
    case 'begun':
      return { ...calm, state: 'connecting' };
    case 'opened':
      return { ...calm, state: 'live' };
    case 'paused':
      return { ...calm, state: 'paused' };
    case 'cleared':
      return first;
    case 'gap':
      return { ...last, hasGap: true };
    case 'event':
      return { ...calm, state: 'live', events: [change.event, ...last.events].slice(0, maxShown) };
    case 'broken':
      return { ...last, state: change.isFinal ? 'stopped' : 'waiting', problem: change.problem };
  }
};

interface FollowOptions {
  readonly brandId: string;
  readonly types: readonly UserCardEventType[];
  /** `stored`: begins with the oldest event that the server keeps. */
  readonly from: 'now' | 'stored';
  readonly isPaused: boolean;
}

/** Resumes after the last event that was seen, so that a pause or a break loses none. */
const positions = new Map<string, string>();

/** Follows the events of a brand. */
export const useEvents = ({ brandId, types, from, isPaused }: FollowOptions): Following => {
  const client = useClient();
  const [following, change] = useReducer(changed, first);
  const question = JSON.stringify([brandId, from, ...types]);

  // Another question begins with an empty list.
  useEffect(() => {
    change({ is: 'cleared' });
    return () => {
      positions.delete(question);
    };
  }, [question]);

  useEffect(() => {
    if (isPaused) {
      change({ is: 'paused' });
      return;
    }
    const abort = new AbortController();
    const { signal } = abort;
    const [, , ...eventTypes] = JSON.parse(question) as [string, string, ...UserCardEventType[]];
    const hasEnded = () => signal.aborted;
    let attempts = 0;
    const once = async (): Promise<Problem | undefined> => {
      const lastEventId = positions.get(question) ?? (from === 'stored' ? '0' : undefined);
      const answers = client.follow(
        ConsoleEventsDocument,
        {
          brandId,
          ...(lastEventId === undefined ? {} : { lastEventId }),
          ...(eventTypes.length === 0 ? {} : { filter: { eventTypes } }),
        },
        {
          signal,
          onOpen() {
            attempts = 0;
            change({ is: 'opened' });
          },
        },
      );
      for await (const { data, problems } of answers) {
        if (hasEnded()) return undefined;
        const [problem] = problems;
        if (!data?.userCardEvents) return problem;
        positions.set(question, data.userCardEvents.eventId);
        change({ is: 'event', event: data.userCardEvents });
      }
      return undefined;
    };
    const follow = async () => {
      while (!hasEnded()) {
        change({ is: 'begun' });
        const problem = await once();
        if (hasEnded()) return;
        if (problem?.kind === 'notFound' && positions.delete(question)) {
          change({ is: 'gap' });
          continue;
        }
        const isFinal = problem !== undefined && ['signIn', 'forbidden', 'refused'].includes(problem.kind);
        if (problem !== undefined) change({ is: 'broken', problem, isFinal });
        if (isFinal) return;
        const pause = problem?.retryAfterMs ?? pausesMs[Math.min(attempts, pausesMs.length - 1)] ?? 1_000;
        attempts += 1;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    void follow();
    return () => {
      abort.abort();
    };
  }, [client, brandId, question, from, isPaused]);

  return following;
};
