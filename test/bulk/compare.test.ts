import { compareCard, type ComparedCard } from '../../src/bulk/compare';
import type { RowValues } from '../../src/bulk/files/row-reader';

const card = (more: Partial<ComparedCard> = {}): ComparedCard => ({
  state: 'EFFECTIVE',
  level: '银卡',
  validity: {
    type: 'FIX_TIME_RANGE',
    availableBeginTime: '2026-01-01T00:00:00+08:00',
    availableEndTime: '2026-12-31T23:59:59+08:00',
  },
  ...more,
});
const range = { validBegin: '2025-12-31T16:00:00Z', validEnd: '2026-12-31T23:59:59.999+08:00' };

describe('a card compared with a row', () => {
  it.each<[string, RowValues, Partial<ComparedCard>, string, RowValues]>([
    ['says nothing', {}, {}, 'EQUAL', {}],
    ['says the same', { level: '银卡', userCardState: 'EFFECTIVE', ...range }, {}, 'EQUAL', {}],
    ['has another level', { level: '金卡', ...range }, {}, 'DIFFERS', { level: '金卡' }],
    [
      'has a level where the card has none',
      { level: '金卡' },
      { level: undefined },
      'DIFFERS',
      { level: '金卡' },
    ],
    [
      'ends on another day: begin and end are one value',
      { ...range, validEnd: '2027-12-31T23:59:59+08:00' },
      {},
      'DIFFERS',
      { ...range, validEnd: '2027-12-31T23:59:59+08:00' },
    ],
    ['has a validity that its template does not allow', { permanent: true }, {}, 'VALIDITY_TYPE_DIFFERS', {}],
    [
      'has such a validity, and another level',
      { level: '金卡', validDays: 30 },
      {},
      'DIFFERS',
      { level: '金卡' },
    ],
    ['is not permanent, whatever else it is', { permanent: false }, {}, 'EQUAL', {}],
    ['is permanent', { permanent: true }, { validity: { type: 'PERMANENT' } }, 'EQUAL', {}],
    [
      'has days',
      { validDays: 30 },
      { validity: { type: 'FIX_TERM', availableDayAfterReceive: 30 } },
      'EQUAL',
      {},
    ],
    [
      'has a validity where the card has none',
      { validDays: 30 },
      { validity: undefined },
      'DIFFERS',
      { validDays: 30 },
    ],
    [
      'has another state, and no update changes it',
      { level: '金卡', userCardState: 'INVALID' },
      {},
      'STATE_DIFFERS',
      { level: '金卡' },
    ],
    [
      'differs from a card that has ended',
      { level: '金卡' },
      { state: 'INVALID' },
      'CARD_NOT_EFFECTIVE',
      { level: '金卡' },
    ],
  ])('%s', (_, values, more, code, wanted) => {
    expect(compareCard(values, card(more))).toMatchObject({ code, comparison: { wanted } });
    expect(Object.keys(compareCard(values, card(more)).comparison.wanted)).toEqual(Object.keys(wanted));
  });
});
