import { Extensions } from 'type-graphql';
import type { InterfaceName } from '../../wechatpay/api/interfaces';

/** The interfaces of WeChat Pay that a field may call itself: the reference says what each takes and refuses. */
export const Upstream = (...names: readonly InterfaceName[]) => Extensions({ upstream: names });

export const upstreamOf = ({
  upstream,
}: Readonly<Record<string, unknown>>): readonly InterfaceName[] | undefined =>
  upstream as readonly InterfaceName[] | undefined;
