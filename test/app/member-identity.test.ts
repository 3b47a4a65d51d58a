import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createMemberIdentity } from '../../src/app/member-identity';

const withPid = (id: string, pid: number | undefined): string =>
  id
    .split('.')
    .map((part, index) => (index === 1 ? String(pid) : part))
    .join('.');

describe('the name of a process in its fleet', () => {
  it('tells those on the same machine whether the process has ended', async () => {
    const own = createMemberIdentity();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)']);
    const id = withPid(own.id, child.pid);
    expect(own.hasEnded(id)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(own.hasEnded(id)).toBe(true);
    expect(own.hasEnded(own.id)).toBe(false);
    expect(own.replaces(id)).toBe(false);
  });

  it('tells nothing of processes elsewhere, except that one takes the place of another in its container', () => {
    const own = createMemberIdentity();
    const [, , host = ''] = own.id.split('.');
    for (const elsewhere of [`other.999999999.${host}.x`, 'other.999999999.else.x', 'unreadable'])
      expect(own.hasEnded(elsewhere)).toBe(false);
    expect(own.replaces(`other.1.${host}.x`)).toBe(true);
    expect(own.replaces('other.1.else.x')).toBe(false);
  });

  it('is unique, and does not tell the name of the host', () => {
    expect(createMemberIdentity().id).not.toBe(createMemberIdentity().id);
    expect(createMemberIdentity().id).toMatch(/^[\w.-]+$/);
  });
});
