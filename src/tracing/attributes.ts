import type { Attributes } from '@opentelemetry/api';
import type { OperationEvent } from '../server/graphql/operation-event';
import type { SpanFacts } from '../traffic/calls/span';

/** Names of attributes, by what they tell. deploy/README.md documents every one. */
export const attributeNames = {
  interface: 'membercard.interface',
  route: 'membercard.route',
  brandId: 'membercard.brand_id',
  lane: 'membercard.lane',
  outcome: 'membercard.outcome',
  requestId: 'membercard.request_id',
  cacheKind: 'membercard.cache.kind',
  cacheResult: 'membercard.cache.result',
  attempt: 'membercard.attempt',
  host: 'membercard.host',
  status: 'http.response.status_code',
} as const satisfies Readonly<Record<keyof SpanFacts, string>>;

/** Names of the attributes of an operation. */
export const operationAttributeNames = {
  type: 'graphql.operation.type',
  name: 'graphql.operation.name',
  outcome: 'membercard.outcome',
  codes: 'membercard.error_codes',
  upstreamCalls: 'membercard.upstream_calls',
  cachedCalls: 'membercard.cached_calls',
} as const satisfies Partial<Record<keyof OperationEvent, string>>;

const isFact = (name: string): name is keyof SpanFacts => name in attributeNames;

export const attributesOf = (facts: SpanFacts): Attributes =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      isFact(name) && value !== undefined ? [[attributeNames[name], value as string | number]] : [],
    ),
  );

/** Not the caller: a member's id is made from an openid. The log has it, under the same trace id. */
export const operationAttributes = (event: OperationEvent): Attributes => {
  const { type, name, outcome, codes, upstreamCalls, cachedCalls } = event;
  return {
    [operationAttributeNames.type]: type,
    ...(name === undefined ? {} : { [operationAttributeNames.name]: name }),
    [operationAttributeNames.outcome]: outcome,
    ...(codes.length === 0 ? {} : { [operationAttributeNames.codes]: [...new Set(codes)] }),
    [operationAttributeNames.upstreamCalls]: upstreamCalls,
    [operationAttributeNames.cachedCalls]: cachedCalls,
  };
};
