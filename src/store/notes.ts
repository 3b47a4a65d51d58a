import type { Cipher } from '../shared/cipher';
import type { Redis } from './redis';
import { createSharedTexts } from './shared-texts';
import { keepMostRecent } from '../shared/most-recent';

/** Short texts that the processes of a fleet share, or that only this process has. Losing them loses no data. */
export interface Notes {
  /** `undefined` if there is none, or if the store is unavailable. Never rejects. */
  get(name: string): Promise<string | undefined>;
  /** Stores a text for seven days, in this process as long as there is room. Never rejects. */
  set(name: string, text: string): Promise<void>;
}

export interface NotesDeps {
  /** Default: in this process only. */
  readonly shared?: { readonly redis: Redis; readonly cipher: Cipher };
}

const lifeMs = 7 * 24 * 3_600_000;
/** About 5 MB. */
const maxNotes = 20_000;

export const createNotes = ({ shared }: NotesDeps = {}): Notes => {
  const own = keepMostRecent<string>(maxNotes);
  const texts = shared && createSharedTexts({ ...shared, keyOf: (name) => `note:${name}`, lifeMs });
  return {
    get: async (name) => own.get(name) ?? (await texts?.get(name)),
    async set(name, text) {
      // Cards are read again and again; the store needs each note once.
      if (own.get(name) === text) return;
      own.set(name, text);
      await texts?.set(name, text);
    },
  };
};
