import { chosen, wholeNumber } from './options';

const all = [{ id: 'A' }, { id: 'B' }, { id: 'C' }];

describe('chosen', () => {
  it('keeps the order of all', () => {
    expect(chosen('contender', all, 'C,A')).toEqual([{ id: 'A' }, { id: 'C' }]);
    expect(chosen('contender', all, undefined)).toEqual(all);
  });

  it.each(['D', 'A,D', 'a', '', 'A, B'])('refuses "%s", and names what there is', (text) => {
    expect(() => chosen('contender', all, text)).toThrow(/^--contender: there is no .*; there is A, B, C$/);
  });
});

describe('wholeNumber', () => {
  it('is the number', () => {
    expect(wholeNumber('runs', '12')).toBe(12);
  });

  it.each(['', '0', '-1', '1.5', 'three', '1e3'])('refuses "%s"', (text) => {
    expect(() => wholeNumber('runs', text)).toThrow('--runs must be a whole number, 1 or more');
  });
});
