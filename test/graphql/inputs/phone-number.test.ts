import { normalPhoneNumber } from '../../../src/shared/phone-number';
import { toUpstream } from '../../../src/graphql/inputs/to-upstream';

describe('a phone number', () => {
  test.each([
    '13812345678',
    '138 1234 5678',
    '138-1234-5678',
    '138–1234–5678',
    '１３８１２３４５６７８',
    '＋８６ １３８１２３４５６７８',
    '+8613812345678',
    '+86 138-1234-5678',
    '8613812345678',
    '008613812345678',
    '\u202d13812345678\u202c',
    ' 13812345678\u00a0',
    '(+86) 138.1234.5678',
    '（+86）138 1234 5678',
    '138/1234/5678',
    '138·1234·5678',
    '013812345678',
    '+86 0138 1234 5678',
    '[86]13812345678',
  ])('of a mainland member has one form: %s', (text) => {
    expect(normalPhoneNumber(text)).toBe('13812345678');
  });

  test.each([
    ['+852 9123 4567', '+85291234567'],
    ['0085291234567', '+85291234567'],
    ['021-12345678', '02112345678'],
    ['+1 212 555 0100', '+12125550100'],
    ['10086', '10086'],
    ['8612345', '8612345'],
    ['+86 (10) 6255-5255', '+861062555255'],
    ['(010) 6255 5255', '01062555255'],
  ])('of another country keeps its country code: %s', (text, expected) => {
    expect(normalPhoneNumber(text)).toBe(expected);
  });

  test('is sent in that form', () => {
    expect(toUpstream({ phoneNumber: '+86 138 1234 5678', servicePhone: '010 8877' })).toEqual({
      phone_number: '13812345678',
      service_phone: '010 8877',
    });
  });
});
