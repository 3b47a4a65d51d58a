import type { Sandbox } from '../sandbox/server';
import type { Simulation } from '../server/console/simulation';
import type { BrandSettings } from '../wechatpay/settings';

/**
 * What a reader of the console can let made-up users do at the sandbox. `routeOf`: the route of a brand, on which WeChat Pay notifies;
 * `undefined` if there is no such brand.
 */
export const simulationOf = (
  { users, state }: Pick<Sandbox, 'users' | 'state'>,
  routeOf: (brandId: string) => BrandSettings['route'] | undefined,
): Simulation => {
  const routed = (brandId: string) => (routeOf(brandId) === 'partner' ? 'partner' : 'brand');
  return {
    openCard(brandId) {
      const template = state()
        .templatesOf(brandId)
        .find((one) => one.state === 'CARD_EFFECTIVE');
      if (template === undefined) return undefined;
      const { openid, userCardCode } = users.open({
        brandId,
        cardId: template.card_id,
        route: routed(brandId),
      });
      return { brandId, openid, userCardCode };
    },
    deleteCard({ brandId, userCardCode }) {
      const card = state()
        .userCardsOfCode(brandId, userCardCode)
        .find((one) => one.user_card_state === 'EFFECTIVE' || one.user_card_state === 'UNACTIVATED');
      if (card === undefined) return undefined;
      const { openid } = users.remove({
        brandId,
        userCardCode,
        cardId: card.card_id,
        route: routed(brandId),
      });
      return { brandId, openid, userCardCode };
    },
  };
};
