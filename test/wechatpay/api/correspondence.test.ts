import { correspond } from '../../../src/wechatpay/api/correspondence';
import { interfaceNames, interfaces } from '../../../src/wechatpay/api/interfaces';
import type { UpstreamInterface } from '../../../src/wechatpay/api/upstream-interface';

const args: Readonly<Record<string, string>> = {
  brand_id: '1004',
  card_id: 'pCard',
  openid: 'oMember',
  user_card_code: '4711',
  out_request_no: 'r-1',
  activity_id: '10001',
  record_id: 'x-1',
  exchange_coupon_template_id: 'c-1',
};
const isOurs = (brandId: string): boolean => brandId === '1002' || brandId === '1004';
const rows = interfaceNames.map((name) => [name, interfaces[name] as UpstreamInterface] as const);
const nameOf = (path: string): string => path.replace('data.*.', '');
const isOfElements = ({ identity }: UpstreamInterface): boolean =>
  identity.some((path) => path.startsWith('data.'));

/** An answer, or a list of two, with the given fields in (the last of) it. */
const answer = (row: UpstreamInterface, fields: object): unknown =>
  isOfElements(row) ? { data: [{ level: 'a' }, { level: 'b', ...fields }], total_count: 2 } : fields;
const asked = ({ identity }: UpstreamInterface) => ({ identity, args, isOurs });

describe('the identity of a response', () => {
  it('is declared for every interface whose response has one', () => {
    expect(rows.filter(([, { identity }]) => identity.length === 0).map(([name]) => name)).toEqual([
      'CREATE_PRE_AUTH_TOKEN',
      'UPLOAD_IMAGE',
    ]);
  });

  it('contains the brand if the response does, and names arguments only', () => {
    for (const [, { identity }] of rows.filter(([, row]) => row.identity.length > 0)) {
      const names = identity.map(nameOf);
      expect(names).toContain('brand_id');
      expect(names.filter((name) => args[name] === undefined)).toEqual([]);
    }
  });

  const fields = rows.flatMap(([name, row]) =>
    row.identity.map((path) => [name, nameOf(path), row] as const),
  );

  it.each(fields.filter(([, field]) => field !== 'brand_id'))(
    '%s: another %s refuses it',
    (_, field, row) => {
      expect(correspond(answer(row, { ...args, [field]: 'other' }), asked(row))).toEqual({ differs: field });
    },
  );

  it('compares only arguments that were sent', () => {
    const { identity } = interfaces.LIST_MEMBERSHIP_ACTIVITIES;
    const { card_id: _, ...ofTheBrand } = args;
    const data = { data: [{ brand_id: '1004', card_id: 'pAny' }], total_count: 1 };
    expect(correspond(data, { identity, args: ofTheBrand, isOurs })).toEqual({ data });
  });

  it('accepts a number for the text of the path', () => {
    const data = { brand_id: '1004', activity_id: 10_001 };
    expect(correspond(data, asked(interfaces.GET_MEMBERSHIP_ACTIVITY))).toEqual({ data });
  });

  it.each([undefined, null, 'text', 7, []])('is not found in %j', (data) => {
    expect(() => correspond(data, asked(interfaces.GET_USER_CARD))).toThrow('the response is not an object');
  });
});

describe('another brand_id', () => {
  it('beside the right card is reported and replaced by the requested brand', () => {
    expect(correspond({ ...args, brand_id: '1002' }, asked(interfaces.GET_USER_CARD))).toEqual({
      data: args,
      otherBrandId: '1002',
    });
    const list = { data: [{ openid: 'oMember', brand_id: '1002' }], total_count: 1 };
    expect(correspond(list, asked(interfaces.LIST_USER_CARDS))).toEqual({
      data: { data: [{ openid: 'oMember', brand_id: '1004' }], total_count: 1 },
      otherBrandId: '1002',
    });
  });

  it('is refused if nothing else identifies the request and the brand is configured', () => {
    const list = (brandId: string) => ({ data: [{ card_id: 'p', brand_id: brandId }], total_count: 1 });
    expect(correspond(list('1002'), asked(interfaces.LIST_CARD_TEMPLATES))).toEqual({ differs: 'brand_id' });
    expect(correspond(list('7'), asked(interfaces.LIST_CARD_TEMPLATES))).toEqual({
      data: list('1004'),
      otherBrandId: '7',
    });
  });
});
