import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import type { Texts } from '../../shared/language';
import { toKey, type ReferenceDeps } from '../inputs/arguments';
import type { KeyOf } from '../inputs/object-ref';
import type { NodeRef } from '../relay/node-id';
import { isNodeKind, naturalKeys } from '../relay/natural-keys';

type Kind = NodeRef['kind'];

/**
 * The object that a gateway's representation names, by `id` or else by all natural keys of its type; `undefined` if the caller may
 * not read its brand. Other members are ignored. Throws BAD_USER_INPUT, which names the member and never repeats its value, or
 * NOT_FOUND for an id that names no such object.
 */
export const refOf = (representation: unknown, deps: ReferenceDeps): NodeRef | undefined => {
  if (!isRecord(representation)) throw broken(['A representation must be an object.', '实体须为对象。']);
  const kind = textOf(representation, '__typename');
  if (!isNodeKind(kind))
    throw broken([
      `__typename must be one of ${kinds.join(', ')}.`,
      `__typename 须为 ${kinds.join('、')} 之一。`,
    ]);
  const id = textOf(representation, 'id');
  const by = id === undefined ? { key: keyIn(representation, kind) } : { id };
  const key = toKey(kind, by, { ...deps, idPath: 'id' });
  return key && ({ kind, ...key } as NodeRef);
};

const kinds = Object.keys(naturalKeys);

const keyIn = <K extends Kind>(representation: Readonly<Record<string, unknown>>, kind: K): KeyOf<K> => {
  const names: readonly string[] = naturalKeys[kind];
  const members = names.map((name) => [name, textOf(representation, name)] as const);
  const missing = members.flatMap(([name, text]) => (text === undefined ? [name] : []));
  if (missing.length > 0)
    throw broken([
      `${kind} needs id, or else ${names.join(', ')}; missing: ${missing.join(', ')}.`,
      `${kind} 须填写 id，或填写 ${names.join('、')}；缺少 ${missing.join('、')}。`,
    ]);
  return Object.fromEntries(members) as KeyOf<K>;
};

/**
 * A member that must be text; `undefined` if it is absent or null. A number is refused: JSON.parse would have rounded a long one to
 * another member's card code. Gateways send ids as text.
 */
const textOf = (representation: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = Object.hasOwn(representation, name) ? representation[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw broken([`${name} must be a string.`, `${name} 须为字符串。`]);
  return value;
};

const broken = (publicMessage: Texts): AppError =>
  new AppError('BAD_USER_INPUT', publicMessage[0], { publicMessage });
