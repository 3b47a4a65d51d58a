import type { UpstreamFacts } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { pathInInput } from '../inputs/object-ref';
import { inputPathOf } from '../inputs/to-upstream';
import type { Refusal } from './refusals';

type Path = readonly string[] | undefined;

/** The path of a refusal inside the input, as far as the catalogue knows it. */
export const placeOf = ({ at, entry }: Refusal, input: object): Path => {
  const paths = (typeof at === 'string' ? [at] : (at ?? [])).map((path) => {
    const [field = '', ...inside] = path.split('.');
    return [...pathInInput(field, input), ...inside];
  });
  const path = paths.length > 1 ? paths.find((candidate) => valueAt(input, candidate) != null) : paths[0];
  if (path === undefined || entry === undefined) return path;
  const list = valueAt(input, path);
  const index = Array.isArray(list) ? list.findIndex((one) => isRecord(one) && one.name === entry) : -1;
  return index < 0 ? path : [...path, String(index), 'value'];
};

/** The place that WeChat Pay names: `detail.field`, or a path quoted in its sentence, e.g. 输入源“/body/level”. */
export const upstreamPlaceOf = (facts: UpstreamFacts | undefined, input: object): Path => {
  const { field, sentence } = facts ?? {};
  const quoted = /\/(?:body\/)?[a-z_]+(?:\/(?:[a-z_]+|\d{1,3}))*/.exec(sentence?.text ?? '')?.[0];
  for (const pointer of [field, quoted]) {
    const path = pointer === undefined ? undefined : inputPathOf(pointer, input);
    if (path !== undefined) return path;
  }
  return undefined;
};

const valueAt = (value: unknown, [step, ...rest]: readonly string[]): unknown => {
  if (step === undefined) return value;
  return typeof value === 'object' && value !== null ? valueAt(Reflect.get(value, step), rest) : undefined;
};
