import { registerEnumType } from 'type-graphql';
import {
  interfaceNames,
  interfaces,
  routePrefix,
  type InterfaceName,
} from '../../../wechatpay/api/interfaces';
import type { UpstreamInterface as Row } from '../../../wechatpay/api/upstream-interface';

const methodAndPaths = (name: InterfaceName): string => {
  const { method, path, elsewhere, routes }: Row = interfaces[name];
  return routes
    .map((route) => `${method} ${elsewhere?.[route] ?? routePrefix[route] + path} (${route} route)`)
    .join(', ');
};

/** The names of the table of interfaces, one for one. */
export const UpstreamInterface = Object.fromEntries(interfaceNames.map((name) => [name, name])) as {
  readonly [Name in InterfaceName]: Name;
};

registerEnumType(UpstreamInterface, {
  name: 'UpstreamInterface',
  description: 'The interfaces of WeChat Pay that this server calls. 微信支付接口。',
  valuesConfig: Object.fromEntries(
    interfaceNames.map((name) => [name, { description: `${methodAndPaths(name)}.` }]),
  ),
});
