import { traceOf } from '../../../src/server/http/trace';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentSpanId = '00f067aa0ba902b7';

describe('the trace of an operation', () => {
  it("is the caller's, with a span of its own", () => {
    const trace = traceOf(`00-${traceId}-${parentSpanId}-01`);
    expect(trace).toEqual({
      traceId,
      parentSpanId,
      parentSampled: true,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(trace.spanId).not.toBe(parentSpanId);
  });

  it('accepts parts added by a later version', () => {
    expect(traceOf(`01-${traceId}-${parentSpanId}-01-more`)).toMatchObject({ traceId, parentSpanId });
  });

  it.each([
    [undefined],
    [''],
    [`00-${traceId}-${parentSpanId}-01-more`],
    [`ff-${traceId}-${parentSpanId}-01`],
    [`00-${'0'.repeat(32)}-${parentSpanId}-01`],
    [`00-${traceId}-${'0'.repeat(16)}-01`],
    [`00-${traceId.toUpperCase()}-${parentSpanId}-01`],
    [`00-${traceId}-13812345678-01`],
    [['a', 'b']],
  ])('is a new one if the caller sent %j', (header) => {
    const trace = traceOf(header);
    expect(trace).toEqual({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(trace.traceId).not.toBe(traceId);
  });
});
