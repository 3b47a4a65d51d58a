import { setPriority } from 'node:os';

/**
 * The upstream and the store have machines of their own; here they must not wait for a processor behind the processes that
 * are measured, or the ledger would tell how the machine is shared. Needs the right to do so; goes on without.
 */
export const prefer = (pid) => {
  try {
    setPriority(pid, -15);
  } catch {
    process.stderr.write('the stand-in or the store runs at the same priority as what is measured\n');
  }
};
