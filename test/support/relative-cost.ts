import { parse } from 'graphql';

const reference = `{ ${'brand(brandId: "1") { name throttle { interface available } } '.repeat(400)} }`;

const cpuMs = async (task: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/**
 * The processor time of `task`, as a multiple of that of parsing a GraphQL document of 25 KB: a slow or busy machine changes both
 * alike. Each is the least of five, as collections and compilations of the process fall on some of the runs.
 */
export const relativeCost = async (
  task: () => unknown,
  unit: () => unknown = () => parse(reference),
): Promise<number> => {
  const costs: number[] = [];
  const units: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    units.push(await cpuMs(unit));
    costs.push(await cpuMs(task));
  }
  return Math.min(...costs) / Math.min(...units);
};
