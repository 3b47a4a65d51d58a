import type { Clock } from '../shared/clock';
import { openingKeyOf, type OpeningQueue } from './openings';

/** What a response or a notification tells about a card. */
export interface SeenCard {
  readonly brandId: string;
  readonly cardId: string;
  readonly openid?: string;
  readonly state?: { readonly value: string };
}

export interface OpeningSettler {
  /** Notes a card that waits no more. Never throws and does not wait. */
  saw(card: SeenCard): void;
  stop(): Promise<void>;
}

/** Cards are noted for so long and looked up together, ms. */
const gatherMs = 1_000;
/** More are passed over until they are seen again. */
const maxNoted = 10_000;

/** Takes openings off the list as soon as their card is seen in a state other than UNACTIVATED, whoever confirmed it. */
export const createOpeningSettler = ({
  openings,
  clock,
}: {
  readonly openings: Pick<OpeningQueue, 'settle'>;
  readonly clock: Clock;
}): OpeningSettler => {
  let noted = new Map<string, Set<string>>();
  let count = 0;
  let settling = Promise.resolve();
  let cancel = (): void => undefined;

  const settle = async (): Promise<void> => {
    const cards = noted;
    noted = new Map();
    count = 0;
    // A store that is away: an opening is listed for longer, until its card is seen again.
    for (const [brandId, keys] of cards) await openings.settle(brandId, [...keys]).catch(() => undefined);
  };
  return {
    saw({ brandId, cardId, openid, state }) {
      if (openid === undefined || state === undefined || state.value === 'UNACTIVATED') return;
      if (count >= maxNoted) return;
      const keys = noted.get(brandId) ?? new Set();
      noted.set(brandId, keys.add(openingKeyOf({ cardId, openid })));
      count += 1;
      if (count === 1)
        cancel = clock.after(gatherMs, () => {
          settling = settle();
        });
    },
    async stop() {
      cancel();
      await settling;
    },
  };
};
