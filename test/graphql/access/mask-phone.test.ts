import { maskPhone } from '../../../src/graphql/access/mask-phone';

it.each([
  ['13812345678', '138****5678'],
  ['+8613812345678', '+86138****5678'],
  ['8613812345678', '86138****5678'],
  ['02085561234', '*********34'],
  ['8556123', '*****23'],
  // Of so few characters, two and the length would be most of the number.
  ['855612', '****'],
  ['110', '****'],
  ['1', '****'],
  ['', '****'],
])('%j is shown as %s', (phone, mask) => {
  expect(maskPhone(phone)).toBe(mask);
});
