import type { Sql } from '../database/database';
import type { Operation } from './operation';

/** An operation whose status is final. */
export interface OperationEnd extends Pick<Operation, 'id' | 'brandId' | 'kind' | 'status'> {
  /** Differs between two ends of one operation: rows can be sent again after the first. */
  readonly finishedAt: number;
}

/** Who is told of the end of operations. */
export interface EndListener {
  /** Called in the transaction that makes the status final: what it writes is there if and only if the status is. */
  record(sql: Sql, end: OperationEnd): Promise<void>;
  /** Called after that transaction. */
  recorded(): void;
}
