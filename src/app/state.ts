import type { Config } from '../config/config';
import type { Clock } from '../shared/clock';
import type { KeyRing } from '../shared/key-ring';
import type { Notes } from '../store/notes';
import type { Redis } from '../store/redis';
import type { SharedTexts } from '../store/shared-texts';
import type { SharedEntries } from '../traffic/cache/cache';
import type { WriteEpochs } from '../traffic/cache/write-epochs';
import type { StoreObservers } from './store-watch';
import type { SharedMasks } from '../graphql/access/masks';
import type { SlotStore } from '../traffic/limiter/slot-store';

/** The state of the policies, in this process or in the store shared by a fleet. */
export interface SharedState {
  readonly slots: SlotStore;
  readonly writeEpochs: WriteEpochs;
  readonly entries?: SharedEntries;
  readonly masks?: SharedMasks;
  readonly notes: Notes;
  /** What the processes of a fleet know of round trips. */
  readonly roundTrips?: SharedTexts;
  /** The store, if configured. */
  readonly redis?: Redis;
  /** The processes that share the call limits, as last known. */
  readonly instances: () => number;
  /** How many of them no longer report to the store and may still use their share. */
  readonly vanished: () => number;
  stop(): Promise<void>;
}

export interface SharedStateDeps extends StoreObservers {
  readonly config: Pick<Config, 'redis'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly random: () => number;
}
