import { createHmac } from 'node:crypto';
import type { KeyRing } from '../shared/key-ring';
import type { Audit, AuditOutcome } from './event';
import { defined } from '../shared/defined';

/** An action and its object, as known to the code that performs it. */
export interface AuditedAction extends Pick<AuditOutcome, 'brandId' | 'operation' | 'fields'> {
  /** Keys of the object within its brand; only their hash is recorded. */
  readonly target: readonly string[];
}

/** An action and its outcome. */
export interface AuditEntry
  extends AuditedAction, Pick<AuditOutcome, 'kind' | 'id' | 'outcome' | 'route' | 'wechatMessages'> {
  readonly requestIds?: readonly string[];
}

/** Records the actions of one operation. */
export interface OperationAudit {
  /** Throws as `Audit.record` does. */
  record(entry: AuditEntry): void;
  /** Resolves when the intent is on the disk. Rejects as `Audit.recordDurably` does. */
  recordIntent(action: AuditedAction, id: string): Promise<void>;
}

export interface OperationAuditOptions {
  readonly audit: Audit;
  readonly now: () => number;
  /** The first key makes the target hashes; without it, nobody can try out openids or codes. */
  readonly keys: KeyRing;
  readonly isBrand: (brandId: string) => boolean;
}

/** Creates the audit of one caller's operations. It adds caller and time, and removes anything invented by a client. */
export const createOperationAudit = ({ audit, now, keys, isBrand }: OperationAuditOptions) => {
  const targetKeys = keys.derive('audit targets');
  return (caller: string): OperationAudit => {
    const common = ({ target, brandId, operation, fields }: AuditedAction) => {
      const { id: targetKey, key } = targetKeys.current();
      return {
        at: now(),
        caller,
        // An unconfigured brand id may be any text, even a phone number.
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
      record({ kind, id, outcome, route, requestIds = [], wechatMessages, ...action }) {
        audit.record({
          kind,
          ...defined({ id }),
          ...common(action),
          outcome,
          requestIds,
          ...defined({ route, wechatMessages }),
        });
      },
      recordIntent: (action, id) => audit.recordDurably({ kind: 'INTENT', id, ...common(action) }),
    };
  };
};

/** Clients choose the names of their operations. */
const maxNameLength = 64;
