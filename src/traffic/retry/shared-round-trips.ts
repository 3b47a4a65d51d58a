import type { Clock } from '../../shared/clock';

/** What the processes of a fleet know of an interface's round trips, ms. */
export interface KnownRoundTrips {
  readonly smoothMs: number;
  readonly variationMs: number;
}

/** Texts that the processes of a fleet share for some minutes. They never reject. */
export interface RoundTripTexts {
  get(id: string): Promise<string | undefined>;
  set(id: string, text: string): Promise<void>;
}

/** Lets a process begin with what another one has learnt. Nothing waits for it. */
export interface SharedRoundTrips {
  /** Calls `onKnown` once for each id, if another process knows it. */
  learn(id: string, onKnown: (known: KnownRoundTrips) => void): void;
  /** Tells the others, at most every five seconds for each id. */
  tell(id: string, known: KnownRoundTrips): void;
}

const everyMs = 5_000;

export const shareRoundTrips = (
  texts: RoundTripTexts | undefined,
  clock: Pick<Clock, 'now'>,
): SharedRoundTrips => {
  const asked = new Set<string>();
  const toldAt = new Map<string, number>();
  return {
    learn(id, onKnown) {
      if (texts === undefined || asked.has(id)) return;
      asked.add(id);
      void texts.get(id).then((text) => {
        const [smoothMs, variationMs] = (text ?? '').split(' ').map(Number);
        if (isTime(smoothMs) && isTime(variationMs)) onKnown({ smoothMs, variationMs });
      });
    },
    tell(id, { smoothMs, variationMs }) {
      const now = clock.now();
      if (texts === undefined || now - (toldAt.get(id) ?? -Infinity) < everyMs) return;
      toldAt.set(id, now);
      void texts.set(id, `${Math.round(smoothMs)} ${Math.round(variationMs)}`);
    },
  };
};

const isTime = (ms: number | undefined): ms is number => ms !== undefined && ms > 0 && ms < 60_000;
