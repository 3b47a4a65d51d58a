import type { HandlerCall } from './handlers';
import type { RefusalName } from './refusals';
import { digits, must, type Field } from './rules';

/** One interface of the sandbox: its path, its fields, its handler. A new interface is one row and one handler. */
export interface SandboxInterface {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Path segments after the route's prefix; `{}` is a path parameter. */
  readonly path: string;
  readonly routes: readonly ('brand' | 'partner')[];
  readonly parameter?: { readonly name: string; readonly field: Field };
  /** Fields of the query (GET) or the body; `brand_id` is added on the partner route. */
  readonly takes: Readonly<Record<string, Field>>;
  readonly sealed: boolean;
  /** What it says of a brand without member cards. Default: `notOpened`. */
  readonly notOpened?: RefusalName;
  readonly handle: (call: HandlerCall) => unknown;
}

export const both = ['brand', 'partner'] as const;
export const partnerOnly = ['partner'] as const;
export const paging = { offset: must(digits(0, 999_999_999)), limit: must(digits(1, 20)) };
