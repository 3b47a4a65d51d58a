// The stand-in upstream in a process of its own, so that its counting is not delayed by what it counts.
import { brandsOf, seedState } from '../../../dist/sandbox/seed.js';
import { startSandbox } from '../../../dist/sandbox/server.js';
import { madePairs } from './key-pairs.mjs';

const options = JSON.parse(process.argv[2] ?? '{}');
const { url, provision } = await startSandbox({ newPair: madePairs(), ...options });

/** The seeded members of each brand; all but the first are named by rule. */
const brands = brandsOf(options.brands ?? 3);
const state = seedState(Date.now(), options.membersPerBrand, brands);
const cards = Object.fromEntries(
  brands.map(({ brandId }) => [
    brandId,
    Array.from({ length: options.membersPerBrand }, (_, index) =>
      state.userCardsOf(brandId, `o${brandId}-member-${String(index).padStart(5, '0')}`),
    )
      .flat()
      .map(({ card_id: cardId, openid, user_card_code: userCardCode }) => ({ cardId, openid, userCardCode })),
  ]),
);
process.send({ url, provision, cards });
process.on('disconnect', () => process.exit(0));
