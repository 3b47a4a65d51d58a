import { join } from 'node:path';
import type { Expected } from '../measure/operation';
import { productDir } from './places';
import { membersPerBrand } from './stand-in';

/** The key of one card and what a right answer says. */
export interface Member extends Expected {
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
}

type Seed = typeof import('../../../src/sandbox/seed');

/** The members that the stand-in begins with, brand by brand. */
export const readMembers = async (): Promise<ReadonlyMap<string, readonly Member[]>> => {
  const { seedState, seedBrands } = (await import(join(productDir, 'sandbox', 'seed.js'))) as Seed;
  const state = seedState(Date.now(), membersPerBrand);
  const indices = Array.from({ length: membersPerBrand }, (_, index) => String(index).padStart(5, '0'));
  return new Map(
    seedBrands.map(({ brandId }) => [
      brandId,
      indices
        .flatMap((index) => state.userCardsOf(brandId, `o${brandId}-member-${index}`))
        .map(({ brand_id, card_id, openid, user_card_code, level }) => {
          if (level === undefined)
            throw new Error(`${user_card_code} has no level that an answer could be judged by`);
          return { brandId: brand_id, cardId: card_id, openid, userCardCode: user_card_code, level };
        }),
    ]),
  );
};
