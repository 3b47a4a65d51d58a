import { qualityOf, weightedList, type Weighted } from './weighted-list';

export const eventStream = 'text/event-stream';
export const graphQLResponse = 'application/graphql-response+json';
const jsonTypes = [graphQLResponse, 'application/json'] as const;

/** The entries of an Accept header (RFC 9110, 12.5.1). Malformed entries are ignored. */
const rangesOf = (accept: string): readonly Weighted[] =>
  weightedList(accept).filter(({ name }) => /^[^\s/]+\/[^\s/]+$/.test(name));

/** The weight that the client gives a media type, 0 to 1. The most specific entry decides. */
const weightOf = (ranges: readonly Weighted[], type: string): number =>
  qualityOf(ranges, [type, `${type.split('/')[0] ?? ''}/*`, '*/*']);

/** What the client accepts as a response to a GraphQL request. */
export interface Accepted {
  readonly json: boolean;
  readonly stream: boolean;
  /** True if the client names the event stream itself; `*` does not. */
  readonly namesStream: boolean;
}

/** Without the header a client gets JSON, as GraphQL over HTTP says. */
export const acceptedBy = (accept: string | undefined): Accepted => {
  if (accept === undefined || accept.trim() === '') return { json: true, stream: false, namesStream: false };
  const ranges = rangesOf(accept);
  return {
    json: jsonTypes.some((type) => weightOf(ranges, type) > 0),
    stream: weightOf(ranges, eventStream) > 0,
    namesStream: ranges.some(({ name, quality }) => name === eventStream && quality > 0),
  };
};
