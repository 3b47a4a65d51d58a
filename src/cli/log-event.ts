import type { Texts } from '../shared/language';

/** What a kind of log line is, how urgent it is, and what to do about it. */
export interface LogEvent {
  /** `error`: somebody has to act. `warn`: refused, retried or degraded. `info`: the rest. In a line: 50, 40 and 30. */
  readonly level: 'info' | 'warn' | 'error';
  /** The line's `msg`. */
  readonly message: string;
  readonly meaning: Texts;
  readonly action: Texts;
  /**
   * Fields by which lines are of one kind. The first line of a kind is written at once; the following ones are counted, with one
   * line a minute. Absent: every line is written.
   */
  readonly countedBy?: readonly string[];
}

export const nothingToDo: Texts = ['Nothing.', '无需处理。'];
