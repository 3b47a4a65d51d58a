import { numberFromEnvironment } from './number-from-environment';

/** A repeatable random source: the same seed gives the same sequence (mulberry32). */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** 0 ≤ whole number < n. */
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]): T => {
      if (from.length === 0) throw new Error('nothing to pick from');
      return from[below(from.length)] as T;
    },
  };
};

/** `SEED=…` repeats a failed run. The seed in use is part of the test's title, so every failure prints it. */
export const seedFromEnvironment = (): number =>
  numberFromEnvironment('SEED', { otherwise: Math.floor(Math.random() * 4_294_967_296), least: 0 });
