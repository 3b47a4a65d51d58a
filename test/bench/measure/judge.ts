import type { Expected, Operation, Outcome, Verdict } from './operation';

export interface Answered {
  readonly status: number;
  /** The parsed body; undefined where there was none or it was not JSON. */
  readonly body: unknown;
  readonly latencyMs: number;
}

/** What an answer was worth to the one who asked. */
export const judge = (
  { group, expect }: Pick<Operation, 'group' | 'expect'>,
  { status, body, latencyMs }: Answered,
  deadlineMs: number,
): Outcome => {
  const { data, errors } = readBody(body);
  const objects = cardsOf(data);
  const kinds = expect.map((expected, index) => compare(objects[index], expected));
  const served = kinds.filter((kind) => kind === 'right').length;
  const verdict = ((): Verdict => {
    if (kinds.includes('wrong')) return 'wrong';
    if (kinds.includes('stale')) return 'stale';
    if (served === expect.length && errors.length === 0) return latencyMs <= deadlineMs ? 'useful' : 'late';
    return served > 0 ? 'partial' : 'failed';
  })();
  const code = errors[0]?.extensions?.code;
  return {
    group,
    latencyMs,
    verdict,
    served,
    asked: expect.length,
    code: typeof code === 'string' ? code : status === 200 ? '' : String(status),
  };
};

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
}

const readBody = (body: unknown): Required<Body> => {
  const { data, errors } = (typeof body === 'object' && body !== null ? body : {}) as Body;
  return { data, errors: errors ?? [] };
};

/** Operations alias what they ask for to `cards`; mutations wrap it in their payload. */
const cardsOf = (data: unknown): readonly unknown[] => {
  if (typeof data !== 'object' || data === null) return [];
  const { cards } = data as { readonly cards?: unknown };
  if (Array.isArray(cards)) return cards as readonly unknown[];
  if (typeof cards === 'object' && cards !== null && 'userCard' in cards) return [cards.userCard];
  return [cards];
};

const compare = (
  value: unknown,
  { userCardCode, level }: Expected,
): 'absent' | 'right' | 'stale' | 'wrong' => {
  if (typeof value !== 'object' || value === null) return 'absent';
  const card = value as { readonly userCardCode?: unknown; readonly level?: unknown };
  if (card.userCardCode !== userCardCode) return 'wrong';
  return card.level === level ? 'right' : 'stale';
};
