import type { Idempotency } from '../../traffic/calls/call';
import type { UpstreamRequest } from '../../traffic/calls/upstream-request';
import type { Route } from '../settings';

/** One interface of the member-card product, as the documents describe it. */
export interface UpstreamInterface {
  readonly method: UpstreamRequest['method'];
  /** Path after the route's prefix; `{name}` is a path parameter. */
  readonly path: string;
  /** The whole path per route, if the interface is not below the route's prefix. */
  readonly elsewhere?: Readonly<Record<Route, string>>;
  readonly routes: readonly Route[];
  /** Calls per second: per brand_id on the brand route, per mchid (shared by all its brands) on the partner route. */
  readonly callsPerSecond: { readonly brand: number; readonly partner: number };
  /** Fields that are RSA-encrypted; `*` stands for each element of a list. */
  readonly sealedFields: readonly string[];
  /**
   * Response fields that repeat the request argument of the same name; `data.*.` prefixes fields of list elements. If one
   * differs, the response belongs to another request. Empty if the response does not identify its request.
   */
  readonly identity: readonly string[];
  /** The interface that shows the outcome of a write whose response was lost. Absent if there is none. */
  readonly lookUp?: string;
  readonly idempotency: Idempotency;
}
