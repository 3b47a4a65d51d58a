import { readNotifications, readSubscriptions } from '../../src/config/notifications';

const notifications = (value: unknown, basePath = '') => {
  const problems: string[] = [];
  return {
    read: readNotifications(
      { path: 'notifications', value, problems },
      { brandIds: ['1004'], rules: {}, basePath },
    ),
    problems,
  };
};

describe('the notifications section', () => {
  it('may be absent; then nothing is confirmed', () => {
    expect(notifications(undefined)).toEqual({ read: { path: '/wechat/notify', confirm: [] }, problems: [] });
  });

  it('names the brands that are confirmed automatically', () => {
    expect(
      notifications({ path: '/a/b', confirm: [{ brandId: '1004', level: '白银会员', allocateCodes: true }] }),
    ).toEqual({
      read: { path: '/a/b', confirm: [{ brandId: '1004', level: '白银会员', allocateCodes: true }] },
      problems: [],
    });
  });

  it.each([
    [{ path: 'wechat' }, /^notifications\.path: must be a path such as \/wechat\/notify/],
    [{ path: '/a?b=c' }, /^notifications\.path: must be a path/],
    ...[
      ...['/graphql', '/graphql/stream', '/graphql/ticket', '/schema.graphql', '/images', '/explorer/x'],
      ...['/livez', '/readyz'],
    ].map((path): [object, RegExp] => [{ path }, /^notifications\.path: is taken by another function/]),
    [{ confirm: [{}] }, /^notifications\.confirm\[0\]\.brandId: is missing/],
    [{ confirm: [{ brandId: '7' }] }, /^notifications\.confirm\[0\]\.brandId: is not a brand .*1004/],
    [{ confirm: [{ brandId: '1004' }, { brandId: '1004' }] }, /is listed twice/],
    [
      { confirm: [{ brandId: '1004', level: '十一个字太长了十一个字' }] },
      /level: must be a level of at most 10/,
    ],
    [{ confirm: [{ brandId: '1004', levels: 'x' }] }, /did you mean "level"/],
  ])('reports what is wrong with %j', (value, problem) => {
    expect(notifications(value).problems.join('\n')).toMatch(problem);
  });
});

describe('the path of notifications, if callers have a base path', () => {
  it.each([
    ['/member-cards/graphql', 1],
    ['/member-cards/images', 1],
    ['/member-cards', 1],
    ['/readyz', 1],
    ['/graphql', 0],
    ['/member-cards/wechat/notify', 0],
    ['/wechat/notify', 0],
  ])('%s has %d problem(s)', (path, count) => {
    expect(notifications({ path }, '/member-cards').problems).toHaveLength(count);
  });
});

describe('the subscriptions section', () => {
  it.each([
    [{}, []],
    [{ keptEvents: '10' }, ['subscriptions.keptEvents: must be a whole number from 1000 to 10000000']],
    [{ maxStreams: '0' }, ['subscriptions.maxStreams: must be a whole number from 1 to 9000']],
  ])('is checked: %j', (value, expected) => {
    const problems: string[] = [];
    readSubscriptions({ path: 'subscriptions', value, problems });
    expect(problems).toEqual(expected);
  });
});
