import { createLogWriter, type LogFields } from '../../src/cli/log-writer';
import { fakeClock } from '../support/fake-clock';

interface Line extends LogFields {
  readonly level: string;
}

const setUp = () => {
  const clock = fakeClock();
  const lines: Line[] = [];
  const at = (level: string) => (fields: LogFields) => {
    lines.push({ ...fields, level });
  };
  const writer = createLogWriter({
    logger: { info: at('info'), warn: at('warn'), error: at('error') },
    clock,
  });
  return { clock, lines, ...writer };
};

const failed = {
  interface: 'GET_USER_CARD',
  brandId: '1004',
  caller: 'key:till',
  route: 'brand',
  status: 500,
};

describe('the writer of log lines', () => {
  it('counts a burst, and shows the latest of its lines', async () => {
    const { clock, lines, write } = setUp();
    for (let times = 0; times < 1_000; times += 1)
      write('upstream.failed', { ...failed, requestId: `R-${times}` });
    expect(lines.splice(0)).toEqual([
      { level: 'warn', event: 'upstream.failed', ...failed, requestId: 'R-0' },
    ]);
    await clock.advance(60_000);
    expect(lines).toEqual([
      { level: 'warn', event: 'upstream.failed', ...failed, requestId: 'R-999', count: 999 },
    ]);
  });

  it.each(['brandId', 'caller', 'route', 'host', 'status', 'wechatCode', 'outcome'])(
    'tells lines apart by %s',
    (field) => {
      const { lines, write } = setUp();
      write('upstream.failed', failed);
      write('upstream.failed', { ...failed, [field]: 'other' });
      write('upstream.failed', { ...failed, requestId: 'R', attempt: 2 });
      expect(lines).toHaveLength(2);
    },
  );

  it.each(['write.outcomeUnknown', 'operation.outcomeUnknown', 'server.failed', 'audit.recorded'] as const)(
    'never counts %s: each line is about another object',
    (name) => {
      const { lines, write } = setUp();
      for (let times = 0; times < 100; times += 1) write(name, { caller: 'key:till' });
      expect(lines).toHaveLength(100);
    },
  );

  it('does not let a flood of one event blur another', () => {
    const { lines, write } = setUp();
    for (let index = 0; index < 3_000; index += 1)
      write('operation.failed', { caller: 'key:till', operation: `Name${index}` });
    expect(lines.splice(0)).toHaveLength(1_001);
    write('upstream.signatureInvalid', failed);
    expect(lines).toEqual([{ level: 'error', event: 'upstream.signatureInvalid', ...failed }]);
  });

  it('writes what was counted when the server stops', () => {
    const { lines, write, flush } = setUp();
    for (let times = 0; times < 3; times += 1) write('upstream.failed', failed);
    flush();
    expect(lines.at(-1)).toMatchObject({ count: 2 });
  });
});
