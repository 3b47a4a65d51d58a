import { createHmac } from 'node:crypto';
import type { KeyRing } from '../shared/key-ring';
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
  /** The first key makes the target hashes: without it nobody can try out openids or codes. */
  readonly keys: KeyRing;
  readonly isBrand: (brandId: string) => boolean;
}

/** Enters what one operation did. Throws as the audit does. */
export type OperationAudit = (entry: Entry) => void;

/** The audits of single operations, by caller: they add who and when, and let through nothing that a client made up. */
export const createOperationAudit = ({ audit, now, keys, isBrand }: OperationAuditParts) => {
  const targetKeys = keys.derive('audit targets');
  return (caller: string): OperationAudit =>
    ({ target, brandId, operation, requestIds = [], ...entry }) => {
      const { id, key } = targetKeys.current();
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
        targetKey: id,
        requestIds,
      });
    };
};

/** Clients name their operations as they like. */
const mostName = 64;
