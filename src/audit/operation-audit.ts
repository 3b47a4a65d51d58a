import { createHmac } from 'node:crypto';
import type { KeyRing } from '../shared/key-ring';
import type { Audit, AuditOutcome } from './event';
import { defined } from '../shared/defined';

/** What is done to what, as the code that does it knows it. */
export interface AuditedAction extends Pick<AuditOutcome, 'brandId' | 'operation' | 'fields'> {
  /** Keys of the object within its brand, which only their hash leaves. */
  readonly target: readonly string[];
}

/** What became of an action. */
export interface AuditEntry extends AuditedAction, Pick<AuditOutcome, 'kind' | 'id' | 'outcome'> {
  readonly requestIds?: readonly string[];
}

/** Records what one operation does. */
export interface OperationAudit {
  /** Throws as `Audit.record` does. */
  record(entry: AuditEntry): void;
  /** Resolves when the intent is on the disk. Rejects as `Audit.recordDurably` does. */
  recordIntent(action: AuditedAction, id: string): Promise<void>;
}

export interface OperationAuditOptions {
  readonly audit: Audit;
  readonly now: () => number;
  /** The first key makes the target hashes: without it nobody can try out openids or codes. */
  readonly keys: KeyRing;
  readonly isBrand: (brandId: string) => boolean;
}

/** The audits of single operations, by caller: they add who and when, and let through nothing that a client made up. */
export const createOperationAudit = ({ audit, now, keys, isBrand }: OperationAuditOptions) => {
  const targetKeys = keys.derive('audit targets');
  return (caller: string): OperationAudit => {
    const common = ({ target, brandId, operation, fields }: AuditedAction) => {
      const { id: targetKey, key } = targetKeys.current();
      return {
        at: now(),
        caller,
        // What is no brand of ours may be anything, a phone number too.
        brandId: isBrand(brandId) ? brandId : '',
        operation: operation.slice(0, maxNameLength).replace(/\d{5,}/g, '#'),
        targetHash: createHmac('sha256', key)
          .update(JSON.stringify([brandId, ...target]))
          .digest('hex'),
        targetKey,
        fields,
      };
    };
    return {
      record({ kind, id, outcome, requestIds = [], ...action }) {
        audit.record({ kind, ...defined({ id }), ...common(action), outcome, requestIds });
      },
      recordIntent: (action, id) => audit.recordDurably({ kind: 'INTENT', id, ...common(action) }),
    };
  };
};

/** Clients name their operations as they like. */
const maxNameLength = 64;
