import { join } from 'node:path';

/** This file runs from test/bench/dist/harness. */
export const benchDir = join(__dirname, '..', '..');
export const rootDir = join(benchDir, '..', '..');
/** The product as it is built. */
export const productDir = join(rootDir, 'dist');
/** Ignored by git. */
export const resultsDir = join(benchDir, 'results');
