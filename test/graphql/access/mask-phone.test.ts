import { maskPhone } from '../../../src/graphql/access/mask-phone';

it.each([
  ['13812345678', '138****5678'],
  ['+8613812345678', '+86138****5678'],
  ['8613812345678', '86138****5678'],
  ['02085561234', '*********34'],
  ['8556123', '*****23'],
  // For so short a number, two characters and the length would reveal most of it.
  ['855612', '****'],
  ['110', '****'],
  ['1', '****'],
  ['', '****'],
])('%j is shown as %s', (phone, mask) => {
  expect(maskPhone(phone)).toBe(mask);
});
