import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../shared/system-code';
import type { MemberIdentity } from '../traffic/limiter/vanished-members';

/**
 * The name of this process in its fleet: where process numbers are counted, the process number, the host, and something random. So a
 * process on the same machine can tell whether one that fell silent has ended, and the next process of a container that it takes
 * the place of the former.
 */
export const createMemberIdentity = (): MemberIdentity => {
  const host = digestOf(hostname());
  const space = processSpace() ?? randomUUID();
  return {
    id: [space, process.pid, host, randomUUID()].join('.'),
    hasEnded(id) {
      const [otherSpace, pid] = id.split('.');
      return otherSpace === space && !isRunning(Number(pid));
    },
    replaces(id) {
      const [otherSpace, , otherHost] = id.split('.');
      return otherHost === host && otherSpace !== space;
    },
  };
};

/** Within it, a process number names one process; `undefined` if that is not known. */
const processSpace = (): string | undefined => {
  if (process.platform !== 'linux') return digestOf(`${process.platform} ${hostname()}`);
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return digestOf(boot + readlinkSync('/proc/self/ns/pid'));
  } catch {
    return undefined;
  }
};

/** Signal 0 only asks. A process of another user may not be signalled, so it exists. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
};

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
