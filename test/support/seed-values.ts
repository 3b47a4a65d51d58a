import { firstExample } from '../../src/sandbox/seed';

const brandIds = ['1004', '1002', '1001622624'];

/** Valid arguments and input fields for the seeded sandbox, by name. */
export const seedValues = async (
  ask: (query: string, variables: Readonly<Record<string, unknown>>) => Promise<{ readonly data: unknown }>,
): Promise<Readonly<Record<string, readonly unknown[]>>> => {
  const { brandId, cardId, openid, userCardCode } = firstExample;
  const { data } = await ask(
    `query ($b: ID!, $c: ID!, $o: ID!, $u: ID!) { userCard(by: { key: { brandId: $b, cardId: $c, openid: $o, userCardCode: $u } }) {
       id cardTemplate { id } brand { id } } }`,
    { b: brandId, c: cardId, o: openid, u: userCardCode },
  );
  const { userCard } = data as {
    userCard: { id: string; cardTemplate: { id: string }; brand: { id: string } };
  };
  const ids = [userCard.id, userCard.cardTemplate.id, userCard.brand.id, 'nonsense'];
  return {
    id: ids,
    ids,
    brandId: [...brandIds, brandId, brandId, '9'],
    cardId: [cardId, cardId, 'p1002Seed-Template-0', 'p1002Seed-Template-1', 'no-such-template'],
    openid: [openid, openid, 'o1002-member-00000', 'nobody'],
    userCardCode: [userCardCode, userCardCode, '472100000000', '1'],
    first: [1, 2, 20, 21, 45, 100, null],
    after: [null, Buffer.from('o:0').toString('base64url'), Buffer.from('o:18').toString('base64url')],
    maxAgeSeconds: [0, 1, 3_600, null],
    phoneNumber: ['13912345678'],
    level: ['黄金会员'],
    appid: ['wxea9c30890f48d5ae'],
    jumpAppid: ['wxea9c30a90fs8d3fe'],
    jumpPath: ['/pages/points/points'],
    cardTitle: ['测试卡'],
    cardColor: ['#FFFF00'],
    cardPictureUrl: ['https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0'],
    notifyUrl: ['https://www.weixin.qq.com/wxpay/notify.php'],
    benefits: ['会员折扣、专属价'],
  };
};
