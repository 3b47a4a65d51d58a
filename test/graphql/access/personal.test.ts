import type { AuditEntry } from '../../../src/audit/operation-audit';
import { createMasks } from '../../../src/graphql/access/masks';
import { createPersonal, type PersonalDeps } from '../../../src/graphql/access/personal';
import { AppError } from '../../../src/shared/errors';

const card = { brandId: '1004', cardId: 'c', openid: 'o1', userCardCode: 'u' };
const values = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ field: `f${index}`, sealed: `s${index}` }));

describe('the personal data of one operation', () => {
  const setUp = (deps: Partial<PersonalDeps> = {}) => {
    const operationEvent: AuditEntry[] = [];
    const opened: string[] = [];
    const personal = createPersonal({
      unseal: (_, sealed) => {
        opened.push(sealed);
        return Promise.resolve(`clear ${sealed}`);
      },
      canReadPersonalData: () => true,
      max: 10,
      takeDecryption: () => undefined,
      masks: createMasks(),
      audit: { record: (entry) => void operationEvent.push(entry) },
      ...deps,
    });
    return { personal, operationEvent, opened };
  };

  it('is returned in the order of the request', async () => {
    const { personal } = setUp();
    await expect(personal.reveal(card, values(3), 'Desk')).resolves.toEqual([
      'clear s0',
      'clear s1',
      'clear s2',
    ]);
    expect(personal.isUsed()).toBe(true);
  });

  it('is decrypted once if it is requested several times, and recorded each time', async () => {
    const { personal, operationEvent, opened } = setUp();
    await Promise.all([1, 2, 3].map(() => personal.reveal(card, values(2), 'Desk')));
    expect(opened).toEqual(['s0', 's1']);
    expect(operationEvent).toHaveLength(3);
  });

  it('is decrypted one value at a time, so that other operations do not wait for all of them', async () => {
    let running = 0;
    let most = 0;
    const { personal } = setUp({
      unseal: async () => {
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return 'x';
      },
    });
    await Promise.all(values(5).map((value) => personal.reveal(card, [value], 'Desk')));
    expect(most).toBe(1);
  });

  it("beyond the caller's budget is refused with a retry time, and the refusal is recorded", async () => {
    const waits = [undefined, undefined, 250.2];
    const { personal, operationEvent, opened } = setUp({ takeDecryption: () => waits.shift() });
    await personal.reveal(card, values(2), 'Desk');
    await expect(personal.reveal(card, [{ field: 'f', sealed: 'other' }], 'Desk')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 251,
    });
    expect(opened).toEqual(['s0', 's1']);
    expect(operationEvent.map(({ outcome }) => outcome)).toEqual(['OK', 'RATE_LIMITED']);
  });

  it('is neither decrypted nor recorded for callers without pii', async () => {
    const { personal, operationEvent, opened } = setUp({ canReadPersonalData: () => false });
    await expect(personal.reveal(card, values(1), 'Desk')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([operationEvent, opened]).toEqual([[], []]);
  });

  it('above the maximum is refused, and the refusal is recorded', async () => {
    const { personal, operationEvent, opened } = setUp();
    await expect(personal.reveal(card, values(11), 'Desk')).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
    });
    expect(opened.length).toBeLessThanOrEqual(10);
    expect(operationEvent.map(({ outcome }) => outcome)).toEqual(['QUERY_TOO_EXPENSIVE']);
  });

  it('that is absent is not recorded', async () => {
    const { personal, operationEvent } = setUp();
    await expect(personal.reveal(card, [], 'Desk')).resolves.toEqual([]);
    expect([operationEvent, personal.isUsed()]).toEqual([[], false]);
  });

  it('encrypted with a missing key fails alone, and both outcomes are recorded', async () => {
    const { personal, operationEvent } = setUp({
      unseal: (_, sealed) =>
        sealed === 's1'
          ? Promise.reject(new AppError('DECRYPTION_KEY_MISSING', 'no key'))
          : Promise.resolve(`clear ${sealed}`),
    });
    await expect(personal.reveal(card, values(3), 'Desk')).resolves.toEqual([
      'clear s0',
      expect.objectContaining({ code: 'DECRYPTION_KEY_MISSING' }),
      'clear s2',
    ]);
    expect(operationEvent.map(({ outcome, fields }) => [outcome, fields])).toEqual([
      ['OK', ['f0', 'f2']],
      ['DECRYPTION_KEY_MISSING', ['f1']],
    ]);
    await expect(personal.maskedPhone(card, { sealed: 's1' }, 'Desk')).rejects.toMatchObject({
      code: 'DECRYPTION_KEY_MISSING',
    });
  });

  it('is not shown in part if an outcome cannot be recorded', async () => {
    const { personal } = setUp({
      unseal: (_, sealed) =>
        sealed === 's1'
          ? Promise.reject(new AppError('DECRYPTION_KEY_MISSING', 'no key'))
          : Promise.resolve('x'),
      audit: {
        record: ({ outcome }) => {
          if (outcome !== 'OK') throw new AppError('AUDIT_UNAVAILABLE', 'full');
        },
      },
    });
    await expect(personal.reveal(card, values(2), 'Desk')).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
  });

  describe('as a mask', () => {
    const phone = { sealed: 'p' };

    it('is decrypted once for all operations, while the card is cached', async () => {
      const masks = createMasks();
      const unsealed: string[] = [];
      const unseal = (_: string, sealed: string) => {
        unsealed.push(sealed);
        return Promise.resolve('13812345678');
      };
      const shown = await Promise.all([setUp({ masks, unseal }).personal.maskedPhone(card, phone, 'Desk')]);
      const next = setUp({ masks, unseal, max: 0, takeDecryption: () => 1_000 });
      shown.push(await next.personal.maskedPhone(card, phone, 'Desk'));
      expect(shown).toEqual(['138****5678', '138****5678']);
      expect(unsealed).toEqual(['p']);
      // Nothing was decrypted, so there is nothing to record; but the response was made from personal data.
      expect([next.operationEvent, next.personal.isUsed()]).toEqual([[], true]);
    });

    it('is not cached if its decryption cannot be recorded', async () => {
      const masks = createMasks();
      const { personal } = setUp({
        masks,
        audit: {
          record: () => {
            throw new AppError('AUDIT_UNAVAILABLE', 'full');
          },
        },
      });
      await expect(personal.maskedPhone(card, phone, 'Desk')).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });
      await expect(masks.get(card.brandId, phone)).resolves.toBeUndefined();
    });

    it('is stored per brand in the shared store, under a name without the ciphertext', async () => {
      const store = new Map<string, string>();
      const shared = {
        get: (key: string) => Promise.resolve(store.get(key)),
        set: (key: string, mask: string) => Promise.resolve(void store.set(key, mask)),
      };
      createMasks(shared).set('1004', phone, '138****5678');
      await expect(createMasks(shared).get('1004', { ...phone })).resolves.toBe('138****5678');
      await expect(createMasks(shared).get('1005', { ...phone })).resolves.toBeUndefined();
      expect([...store.keys()].join()).toMatch(/^[\w-]{43}$/);
    });
  });
});
