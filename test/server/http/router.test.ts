import { createRouter } from '../../../src/server/http/router';

const routes = {
  '/': 'page',
  '/graphql': 'graphql',
  '/explorer/': 'files',
  '/explorer/settings.json': 'settings',
};
const rootRoutes = { '/readyz': 'probe' };

describe('the router', () => {
  const found = (basePath: string, target: string) => {
    const match = createRouter({ routes, rootRoutes, basePath })(target);
    return match === undefined ? undefined : [match.name, match.route, match.target];
  };

  it.each<[string, readonly string[] | undefined]>([
    ['/graphql', ['/graphql', 'graphql', '/graphql']],
    ['/graphql/', ['/graphql', 'graphql', '/graphql']],
    ['/graphql/?query=a/?b', ['/graphql', 'graphql', '/graphql?query=a/?b']],
    ['/', ['/', 'page', '/']],
    ['/?x', ['/', 'page', '/?x']],
    ['/explorer/a.js', ['/explorer/', 'files', '/explorer/a.js']],
    ['/explorer/settings.json', ['/explorer/settings.json', 'settings', '/explorer/settings.json']],
    ['/explorer/settings.json/', ['/explorer/settings.json', 'settings', '/explorer/settings.json']],
    ['/readyz/', ['/readyz', 'probe', '/readyz']],
    ['/graphql//', undefined],
    ['//graphql', undefined],
    ['/graphql/x', undefined],
    ['/Graphql', undefined],
    ['/%67raphql', undefined],
    ['graphql', undefined],
    ['constructor', undefined],
    ['/__proto__', undefined],
    ['', undefined],
  ])('finds for %j the route %j', (target, expected) => {
    expect(found('', target)).toEqual(expected);
  });

  it.each<[string, readonly string[] | undefined]>([
    ['/member-cards/graphql', ['/graphql', 'graphql', '/graphql']],
    ['/member-cards/graphql/?a=b', ['/graphql', 'graphql', '/graphql?a=b']],
    ['/member-cards', ['/', 'page', '/']],
    ['/member-cards/', ['/', 'page', '/']],
    ['/member-cards/explorer/a.js', ['/explorer/', 'files', '/explorer/a.js']],
    ['/readyz', ['/readyz', 'probe', '/readyz']],
    ['/graphql', undefined],
    ['/', undefined],
    ['/member-cardsgraphql', undefined],
    ['/member-cards/readyz', undefined],
    ['/member-cards/member-cards/graphql', undefined],
  ])('below /member-cards, finds for %j the route %j', (target, expected) => {
    expect(found('/member-cards', target)).toEqual(expected);
  });
});
