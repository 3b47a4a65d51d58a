import { defined } from '../../src/shared/defined';

describe('defined', () => {
  it('omits members without a value, and keeps all others', () => {
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
