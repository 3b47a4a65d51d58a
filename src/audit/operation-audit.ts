import { createHmac } from 'node:crypto';
import type { Audit, AuditEvent } from './event';

/** An entry as the code that acts knows it. */
export interface Entry extends Pick<AuditEvent, 'kind' | 'brandId' | 'operation' | 'fields' | 'outcome'> {
  /** Keys of the object within its brand, which only their hash leaves. */
  readonly target: readonly string[];
  readonly requestIds?: readonly string[];
}

export interface OperationAuditParts {
  readonly audit: Audit;
  readonly now: () => number;
  readonly caller: string;
  /** Secret of the target hashes: without it nobody can try out keys. */
  readonly key: Buffer;
  readonly isBrand: (brandId: string) => boolean;
}

/** The audit of one operation: adds who and when, and lets through nothing that a client made up. */
export const createOperationAudit =
  ({ audit, now, caller, key, isBrand }: OperationAuditParts) =>
  ({ target, brandId, operation, requestIds = [], ...entry }: Entry): void => {
    audit({
      ...entry,
      at: now(),
      caller,
      // What is no brand of ours may be anything, a phone number too.
      brandId: isBrand(brandId) ? brandId : '',
      operation: operation.slice(0, mostName).replace(/\d{5,}/g, '#'),
      targetHash: createHmac('sha256', key)
        .update(JSON.stringify([brandId, ...target]))
        .digest('hex'),
      requestIds,
    });
  };

export type OperationAudit = ReturnType<typeof createOperationAudit>;

/** Clients name their operations as they like. */
const mostName = 64;
