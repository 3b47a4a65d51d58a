import { parse } from 'graphql';

const reference = `{ ${'brand(brandId: "1") { name throttle { interface available } } '.repeat(400)} }`;

const cpuMs = async (task: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

export interface CostOptions {
  /** What the cost is a multiple of. Default: parsing a GraphQL document of 25 KB. */
  readonly unit?: () => unknown;
  /** The bound that is to be shown. A cost that is below half of it twice is not measured further. Default: always five times. */
  readonly below?: number;
}

/**
 * The processor time of `task`, as a multiple of that of the unit: a slow or busy machine changes both alike. Each is the least of
 * five, as collections and compilations of the process fall on some of the runs.
 */
export const relativeCost = async (
  task: () => unknown,
  { unit = () => parse(reference), below = 0 }: CostOptions = {},
): Promise<number> => {
  const costs: number[] = [];
  const units: number[] = [];
  const cost = (): number => Math.min(...costs) / Math.min(...units);
  for (let round = 0; round < 5 && !(round > 1 && cost() < below / 2); round += 1) {
    units.push(await cpuMs(unit));
    costs.push(await cpuMs(task));
  }
  return cost();
};
