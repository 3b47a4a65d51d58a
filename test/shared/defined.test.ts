import { defined } from '../../src/shared/defined';

describe('defined', () => {
  it('leaves out what has no value, and keeps every other one', () => {
    const members: { id: string; at?: number; note: string | null | undefined; empty: string } = {
      id: '1',
      note: undefined,
      empty: '',
    };
    expect(Object.entries(defined({ ...members, at: undefined, zero: 0, no: false, none: null }))).toEqual([
      ['id', '1'],
      ['empty', ''],
      ['zero', 0],
      ['no', false],
      ['none', null],
    ]);
  });
});
