/** One entry of an Accept header. */
interface MediaRange {
  /** In lower case, without parameters, e.g. `text/*`. */
  readonly range: string;
  /** 0 to 1; 0 means "not acceptable". */
  readonly quality: number;
}

export const eventStream = 'text/event-stream';
export const graphQLResponse = 'application/graphql-response+json';
const jsonTypes = [graphQLResponse, 'application/json'] as const;

/** The entries of an Accept header (RFC 9110, 12.5.1). Malformed entries are ignored. */
const rangesOf = (accept: string): readonly MediaRange[] =>
  accept.split(',').flatMap((entry) => {
    const [range = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    if (!/^[^\s/]+\/[^\s/]+$/.test(range)) return [];
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
    const quality = weight === undefined ? 1 : Number(weight.replace(/^q\s*=\s*/, ''));
    return [{ range, quality: quality >= 0 && quality <= 1 ? quality : 0 }];
  });

/** The weight that the client gives a media type, 0 to 1. The most specific entry decides. */
const qualityOf = (ranges: readonly MediaRange[], type: string): number => {
  const [family = ''] = type.split('/');
  for (const candidate of [type, `${family}/*`, '*/*']) {
    const found = ranges.filter(({ range }) => range === candidate);
    if (found.length > 0) return Math.max(...found.map(({ quality }) => quality));
  }
  return 0;
};

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
    json: jsonTypes.some((type) => qualityOf(ranges, type) > 0),
    stream: qualityOf(ranges, eventStream) > 0,
    namesStream: ranges.some(({ range, quality }) => range === eventStream && quality > 0),
  };
};
