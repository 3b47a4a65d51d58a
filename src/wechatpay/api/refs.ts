import type { Scope } from '../../traffic/calls/call';

/** The upstream returns at most this many objects per page (list documents: limit 1..20). */
export const pageSize = 20;

export interface ReadScope extends Scope {
  /** Oldest acceptable result, ms; 0 always asks the upstream. Default: the policy's freshness. */
  readonly maxAgeMs?: number | undefined;
}

export interface TemplateKey {
  readonly brandId: string;
  readonly cardId: string;
}
export interface UserCardKey {
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
  readonly userCardCode: string;
}
/** `offset` is a multiple of `pageSize`, so that every caller shares the same cached pages. */
export interface TemplatePageKey {
  readonly brandId: string;
  readonly state?: string | undefined;
  readonly offset: number;
}
export interface UserCardPageKey extends TemplatePageKey {
  readonly openid: string;
}

export interface ActivityKey {
  readonly brandId: string;
  readonly activityId: string;
}
export interface ActivityPageKey extends TemplatePageKey {
  /** Only activities of this template. Default: all. */
  readonly cardId?: string | undefined;
}
