import { AppError } from '../../../src/shared/errors';
import { authorise } from '../../../src/traffic/calls/authorise';
import type { Call } from '../../../src/traffic/calls/call';
import { aCall, aReply } from '../../support/calls';

describe('a call', () => {
  const send = async (changes: Partial<Call>) => {
    const sent: Call[] = [];
    const outcome = await authorise((call) => {
      sent.push(call);
      return Promise.resolve(aReply({}, 0));
    })(aCall(changes)).catch((error: unknown) => error);
    return { outcome, sent };
  };

  it('passes if its caller may access the brand', async () => {
    const { sent } = await send({ canAccess: (brandId, access) => brandId === '1004' && access === 'read' });
    expect(sent).toHaveLength(1);
  });

  it('is refused like one for an unknown brand if its caller may not access the brand', async () => {
    const { outcome, sent } = await send({ canAccess: (brandId) => brandId !== '1004' });
    expect(sent).toEqual([]);
    expect(outcome).toEqual(new AppError('NOT_FOUND', 'the brand is not configured'));
  });

  it('that writes needs write access', async () => {
    const readOnly = await send({ access: 'write', canAccess: (_, access) => access === 'read' });
    expect(readOnly.sent).toEqual([]);
    const writer = await send({ access: 'write', canAccess: (_, access) => access === 'write' });
    expect(writer.sent).toHaveLength(1);
  });
});
