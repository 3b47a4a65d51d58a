import type { Scope } from '../traffic/call';
import type { UserCardName } from './names';

/** The upstream returns at most this many objects a page (list documents: limit 1..20). */
export const pageSize = 20;

export interface ReadScope extends Scope {
  /** Oldest acceptable answer in milliseconds; 0 asks the upstream. */
  readonly maxAgeMs?: number | undefined;
}

export interface TemplateRef {
  readonly brandId: string;
  readonly cardId: string;
}
export interface UserCardRef extends UserCardName {
  readonly brandId: string;
}
/** `offset` is a multiple of `pageSize`, so that every caller shares the same cached pages. */
export interface TemplatePageRef {
  readonly brandId: string;
  readonly state?: string | undefined;
  readonly offset: number;
}
export interface UserCardPageRef extends TemplatePageRef {
  readonly openid: string;
}

export interface ActivityRef {
  readonly brandId: string;
  readonly activityId: string;
}
export interface ActivityPageRef extends TemplatePageRef {
  /** Of one template only. */
  readonly cardId?: string | undefined;
}
