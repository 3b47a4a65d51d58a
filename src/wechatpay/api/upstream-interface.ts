import type { Idempotency, UpstreamRequest } from '../../traffic/calls/call';
import type { Route } from '../settings';

/** One interface of the member-card product, as the documents describe it. */
export interface UpstreamInterface {
  readonly method: UpstreamRequest['method'];
  /** Path after the route's prefix; `{name}` is a path parameter. */
  readonly path: string;
  /** The whole path on a route where the interface is not below the route's prefix. */
  readonly elsewhere?: Readonly<Record<Route, string>>;
  readonly routes: readonly Route[];
  /** Calls per second: per brand_id on the brand route, per mchid (shared by all its brands) on the partner route. */
  readonly callsPerSecond: { readonly brand: number; readonly partner: number };
  /** Fields that travel RSA-encrypted; `*` stands for each element of a list. */
  readonly sealedFields: readonly string[];
  /**
   * Fields of the answer that repeat the request's argument of the same name; `data.*.` stands before those of list elements.
   * An answer in which one of them differs belongs to another request. Empty: nothing in the answer names its request.
   */
  readonly identity: readonly string[];
  /** The interface that tells what became of a write whose answer was lost. Absent: none does. */
  readonly lookUp?: string;
  readonly idempotency: Idempotency;
}
