import { AppError } from '../../shared/errors';
import type { Correspondence } from '../../traffic/calls/upstream-request';
import type { UpstreamArguments } from './request';
import { defined } from '../../shared/defined';
import { isRecord } from '../../shared/is-record';

export interface Asked {
  /** `identity` of the interface's table row. */
  readonly identity: readonly string[];
  readonly args: UpstreamArguments;
  /** Whether this server is configured for the brand; only then can a misdirected response be about it. */
  readonly isOurs: (brandId: string) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const elements = 'data.*.';

/**
 * Compares a response with its request. WeChat Pay's signature covers time, nonce and body of the response, but nothing of the
 * request (partner 4013059017), so a genuine response may belong to another request. An absent field counts as equal. So does a
 * different brand_id beside the right card, because the documents' own examples contain one. Throws UPSTREAM_MALFORMED if the
 * response is not an object.
 */
export const correspond = (data: unknown, { identity, args, isOurs }: Asked): Correspondence => {
  if (!isRecord(data))
    throw new AppError('UPSTREAM_MALFORMED', 'the response is not an object', { sent: true });
  const asked = identity.filter((path) => !isAbsent(args[nameOf(path)]));
  const whole = compare(
    data,
    asked.filter((path) => !path.startsWith(elements)),
    { args, isOurs },
  );
  const ofElements = asked.filter((path) => path.startsWith(elements)).map(nameOf);
  if ('differs' in whole || ofElements.length === 0 || !Array.isArray(data.data)) return whole;

  let { otherBrandId } = whole;
  const list: unknown[] = [];
  for (const element of data.data as readonly unknown[]) {
    if (!isRecord(element)) {
      list.push(element);
      continue;
    }
    const one = compare(element, ofElements, { args, isOurs });
    if ('differs' in one) return one;
    list.push(one.data);
    otherBrandId ??= one.otherBrandId;
  }
  return { data: { ...whole.data, data: list }, ...defined({ otherBrandId }) };
};

type Compared = { readonly data: Fields; readonly otherBrandId?: string } | { readonly differs: string };

const compare = (
  given: Fields,
  names: readonly string[],
  { args, isOurs }: Pick<Asked, 'args' | 'isOurs'>,
): Compared => {
  let data = given;
  let otherBrandId: string | undefined;
  for (const name of names) {
    const value = given[name];
    if (!isAbsent(value) && text(value) === text(args[name])) continue;
    if (!isAbsent(value)) {
      // If only the brand identifies the request, another configured brand proves that the response belongs to that brand.
      if (name !== 'brand_id' || (names.length === 1 && isOurs(text(value)))) return { differs: name };
      otherBrandId = text(value);
    }
    data = { ...data, [name]: args[name] };
  }
  return { data, ...defined({ otherBrandId }) };
};

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** Activity ids are numbers in the response and text in the path. */
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
