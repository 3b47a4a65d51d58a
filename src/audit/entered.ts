import { AppError } from '../shared/errors';

export interface Entering<T> {
  /** Writes the entry. Whatever it throws makes the outcome unknown. */
  readonly enter: (outcome: string) => void;
  /** Of what the change resolved to; OK where absent. */
  readonly outcomeOf?: (result: T) => string;
}

/**
 * Makes a change and enters what became of it, also where it was refused. A change whose entry cannot be written is told as of
 * unknown outcome: rejects with AppError OUTCOME_UNKNOWN, else as the change does.
 */
export const entered = async <T>(
  change: () => Promise<T> | T,
  { enter, outcomeOf = () => 'OK' }: Entering<T>,
): Promise<T> => {
  const tell = (outcome: string): void => {
    try {
      enter(outcome);
    } catch (cause) {
      throw new AppError('OUTCOME_UNKNOWN', 'the audit could not be written', { cause });
    }
  };
  let result: T;
  try {
    result = await change();
  } catch (error) {
    tell(error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR');
    throw error;
  }
  tell(outcomeOf(result));
  return result;
};
