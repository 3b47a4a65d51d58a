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

interface SeededCard {
  readonly brand_id: string;
  readonly card_id: string;
  readonly openid: string;
  readonly user_card_code: string;
  readonly level: string;
}

interface SeedModule {
  readonly seedState: (
    now: number,
    members: number,
  ) => { readonly userCardsOf: (brandId: string, openid: string) => readonly SeededCard[] };
  readonly seedBrands: readonly { readonly brandId: string }[];
}

/** The members that the stand-in begins with, brand by brand. */
export const readMembers = async (): Promise<ReadonlyMap<string, readonly Member[]>> => {
  const { seedState, seedBrands } = (await import(join(productDir, 'sandbox', 'seed.js'))) as SeedModule;
  const state = seedState(Date.now(), membersPerBrand);
  const indices = Array.from({ length: membersPerBrand }, (_, index) => String(index).padStart(5, '0'));
  return new Map(
    seedBrands.map(({ brandId }) => [
      brandId,
      indices
        .flatMap((index) => state.userCardsOf(brandId, `o${brandId}-member-${index}`))
        .map(({ brand_id, card_id, openid, user_card_code, level }) => ({
          brandId: brand_id,
          cardId: card_id,
          openid,
          userCardCode: user_card_code,
          level,
        })),
    ]),
  );
};
