import { idealUseful } from '../measure/ideal';
import { summarize } from '../measure/quantile';
import { seededRandom } from '../measure/random';
import { broughtNothing, brownOut } from '../scenarios/brown-out';
import { brownOutSeconds } from '../scenarios/scenarios';
import { readMembers } from './members';
import { deadlineMs } from './perform';
import { callsPerSecond } from './setup';
import { tripMs } from './stand-in';

const runs = [1, 2, 3];
const draws = 200;

/** `npm run bench -- ideal`: what a limit of 5 calls/s allows at best in the cold brown-out, computed, not measured. */
const main = async (): Promise<void> => {
  const members = await readMembers();
  for (const run of runs) {
    const operations = brownOut(brownOutSeconds).load({
      members,
      instances: 1,
      state: 'cold',
      random: seededRandom(1000 + run),
    });
    const arrivals = operations.map(({ at, expect: [card] }) => ({ at, key: card?.userCardCode ?? '' }));
    const random = seededRandom(run);
    const upstream = { callsPerSecond, failing: broughtNothing, wellAtMs: brownOutSeconds * 1000, tripMs };
    const shares = Array.from(
      { length: draws },
      () => 100 * idealUseful(arrivals, upstream, { deadlineMs, random }),
    );
    const mean = shares.reduce((sum, share) => sum + share, 0) / draws;
    const { least, most } = summarize(shares);
    process.stdout.write(
      `run ${run}: ${new Set(arrivals.map(({ key }) => key)).size} cards, ${mean.toFixed(1)} % useful at best (${least.toFixed(1)}–${most.toFixed(1)} in ${draws} draws)\n`,
    );
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
