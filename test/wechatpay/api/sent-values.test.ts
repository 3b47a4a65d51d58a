import { showsSent } from '../../../src/wechatpay/api/sent-values';

const record = {
  level: '金卡',
  needPinned: true,
  phoneNumber: { sealed: 'AbC=' },
  validDateInformation: { type: 'FIX_TIME_RANGE', availableEndTime: '2026-01-01T00:00:00.000+08:00' },
  userInformation: { commonFieldList: ['USER_FORM_FLAG_SEX'], customFieldList: undefined },
};

describe('the values that were sent', () => {
  it.each<[boolean, object]>([
    [true, {}],
    [true, { card_id: 'any', openid: 'any', brand_id: 'any', user_card_code: 'any' }],
    [true, { level: '金卡', need_pinned: true, attach: undefined, card_color: null }],
    [
      true,
      { valid_date_information: { type: 'FIX_TIME_RANGE', available_end_time: '2025-12-31T16:00:00Z' } },
    ],
    [true, { user_information: { common_field_list: ['USER_FORM_FLAG_SEX'] } }],
    [false, { level: '银卡' }],
    [false, { level: '金卡', need_pinned: false }],
    [false, { attach: 'x' }],
    [
      false,
      { valid_date_information: { type: 'FIX_TIME_RANGE', available_end_time: '2025-12-31T16:00:01Z' } },
    ],
    [false, { user_information: { common_field_list: ['USER_FORM_FLAG_SEX', 'USER_FORM_FLAG_CITY'] } }],
    // Encrypted, so they cannot be compared.
    [false, { phone_number: '13812345678' }],
    [false, { level: '金卡', phone_number: 'AbC=' }],
  ])('are found (%s) in the record: %j', (shown, args) => {
    expect(showsSent(record, args as Readonly<Record<string, unknown>>)).toBe(shown);
  });
});
