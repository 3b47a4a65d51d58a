import type { UpstreamRequest } from '../../traffic/calls/upstream-request';
import { interfaces, routePrefix, type InterfaceName } from './interfaces';
import type { Route } from '../settings';
import { isRecord } from '../../shared/is-record';

/** Arguments by the upstream's names, `brand_id` included; `undefined` and `null` mean absent. */
export type UpstreamArguments = Readonly<Record<string, unknown>>;

/**
 * Builds the request for one route. Path parameters are percent-encoded into the path; the rest goes into the query of a GET
 * or into the JSON body. `brand_id` is sent on the partner route only: the brand route refuses it, because the Authorization
 * header names the brand. Only the given fields are sent, because the upstream refuses unknown ones.
 */
export const buildRequest = (name: InterfaceName, route: Route, args: UpstreamArguments): UpstreamRequest => {
  const { method, path, sealedFields } = interfaces[name];
  const rest = new Map(Object.entries(args).filter(([, value]) => value !== undefined && value !== null));
  if (route === 'brand') rest.delete('brand_id');

  const pathname = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = String(rest.get(parameter));
    rest.delete(parameter);
    return encodeURIComponent(value);
  });
  const target = routePrefix[route] + pathname;
  const values = (): readonly string[] => textsIn(args);

  if (method === 'GET') {
    const query = [...rest].map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&');
    return { method, target: query === '' ? target : `${target}?${query}`, sealed: false, values };
  }
  // Brand documents: a request without fields has no body and no Content-Type.
  if (rest.size === 0) return { method, target, sealed: false, values };

  const body = withoutAbsent(Object.fromEntries(rest));
  const sealed = sealedFields.some((field) => has(body, field.split('.')));
  return {
    method,
    target,
    sealed,
    values,
    body: (seal) =>
      JSON.stringify(
        sealedFields.reduce<unknown>((value, field) => sealAt(value, field.split('.'), seal), body),
      ),
  };
};

/** Every text in the arguments, at any depth. A number of fewer than five digits is not secret. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
};

/** The upstream accepts no `null`. */
const withoutAbsent = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([key, member]) => [key, withoutAbsent(member)]),
  );
};

const has = (value: unknown, [step, ...rest]: readonly string[]): boolean => {
  if (step === undefined) return typeof value === 'string';
  if (step === '*') return Array.isArray(value) && value.some((element) => has(element, rest));
  return isRecord(value) && step in value && has(value[step], rest);
};

const sealAt = (
  value: unknown,
  [step, ...rest]: readonly string[],
  seal: (plain: string) => string,
): unknown => {
  if (step === undefined) return typeof value === 'string' ? seal(value) : value;
  if (step === '*') return Array.isArray(value) ? value.map((element) => sealAt(element, rest, seal)) : value;
  if (!isRecord(value) || !(step in value)) return value;
  return { ...value, [step]: sealAt(value[step], rest, seal) };
};
