import type { AuditActionKind, AuditEntryFilter } from '../../api/documents';

export const kinds = ['WRITE', 'DECRYPTION', 'LOOKUP'] as const satisfies readonly AuditActionKind[];

/** What the reader looks for. Texts as they are in the inputs; empty means "any". */
export interface Filter {
  readonly caller: string;
  readonly operation: string;
  readonly kind: AuditActionKind | '';
  /** Beijing time, as the browser's input has it. */
  readonly from: string;
  readonly to: string;
  readonly onlyProblems: boolean;
}

export const emptyFilter: Filter = {
  caller: '',
  operation: '',
  kind: '',
  from: '',
  to: '',
  onlyProblems: false,
};

export const inputOf = ({ caller, operation, kind, from, to, onlyProblems }: Filter): AuditEntryFilter => ({
  ...(caller.trim() === '' ? {} : { caller: caller.trim() }),
  ...(operation.trim() === '' ? {} : { operation: operation.trim() }),
  ...(kind === '' ? {} : { kind }),
  ...(from === '' ? {} : { from: inBeijing(from) }),
  ...(to === '' ? {} : { to: inBeijing(to) }),
  ...(onlyProblems ? { onlyProblems } : {}),
});

/** Browsers leave out seconds that are zero. */
const inBeijing = (time: string): string => `${time.length === 16 ? `${time}:00` : time}+08:00`;
