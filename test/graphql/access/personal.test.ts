import type { AuditEntry } from '../../../src/audit/operation-audit';
import { createPersonal, type PersonalDeps } from '../../../src/graphql/access/personal';
import { AppError } from '../../../src/shared/errors';

const card = { brandId: '1004', cardId: 'c', userCardCode: 'u' };
const values = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ field: `f${index}`, sealed: `s${index}` }));

describe('the personal data of one operation', () => {
  const setUp = (deps: Partial<PersonalDeps> = {}) => {
    const operationEvent: AuditEntry[] = [];
    const opened: string[] = [];
    const personal = createPersonal({
      unseal: (_, sealed) => {
        opened.push(sealed);
        return `clear ${sealed}`;
      },
      canReadPersonalData: () => true,
      max: 10,
      audit: { record: (entry) => void operationEvent.push(entry) },
      ...deps,
    });
    return { personal, operationEvent, opened };
  };

  it('comes in the order in which it was asked for', async () => {
    const { personal } = setUp();
    await expect(personal.reveal(card, values(3), 'Desk')).resolves.toEqual([
      'clear s0',
      'clear s1',
      'clear s2',
    ]);
    expect(personal.opened()).toBe(3);
  });

  it('is opened once, however often it is asked for, and entered each time', async () => {
    const { personal, operationEvent, opened } = setUp();
    await Promise.all([1, 2, 3].map(() => personal.reveal(card, values(2), 'Desk')));
    expect(opened).toEqual(['s0', 's1']);
    expect(operationEvent).toHaveLength(3);
  });

  it('leaves others their turn between two values', async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const at: number[] = [];
    const { personal } = setUp({ unseal: () => String(at.push(turns)) });
    await Promise.all(values(10).map((value) => personal.reveal(card, [value], 'Desk')));
    isDone = true;
    expect(new Set(at).size).toBe(10);
  });

  it('is not opened for who lacks pii, nor entered', async () => {
    const { personal, operationEvent, opened } = setUp({ canReadPersonalData: () => false });
    await expect(personal.reveal(card, values(1), 'Desk')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([operationEvent, opened]).toEqual([[], []]);
  });

  it('beyond its bound is neither opened nor answered, and that is entered', async () => {
    const { personal, operationEvent, opened } = setUp();
    await expect(personal.reveal(card, values(11), 'Desk')).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
    });
    expect(opened.length).toBeLessThanOrEqual(10);
    expect(operationEvent.map(({ outcome }) => outcome)).toEqual(['QUERY_TOO_EXPENSIVE']);
  });

  it('that is not there is not entered', async () => {
    const { personal, operationEvent } = setUp();
    await expect(personal.reveal(card, [], 'Desk')).resolves.toEqual([]);
    expect([operationEvent, personal.opened()]).toEqual([[], 0]);
  });

  it('under a key that is not there fails, and that is entered', async () => {
    const { personal, operationEvent } = setUp({
      unseal: () => {
        throw new AppError('MISCONFIGURED', 'no key');
      },
    });
    await expect(personal.reveal(card, values(2), 'Desk')).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    expect(operationEvent.map(({ outcome }) => outcome)).toEqual(['MISCONFIGURED']);
  });
});
