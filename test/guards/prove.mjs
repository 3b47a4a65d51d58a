import { performance } from 'node:perf_hooks';

/**
 * Takes out guards whose tests begin with the same file, one at a time, and then runs the tests that went red with all guards in.
 * `lastTest` returns the test that noticed a guard in an earlier run: it is tried first. Returns a result for each guard: the state
 * `red`, `GREEN` if no test noticed, or `WRONG` if the tests prove nothing.
 */
export const prove = async (tree, guards, lastTest) => {
  const outcomes = [];
  for (const guard of guards) {
    const began = performance.now();
    const found = await tree.without(guard, () => untilRed(tree, guard, lastTest(guard)));
    outcomes.push({ guard, seconds: (performance.now() - began) / 1000, ...found });
  }
  const red = outcomes.flatMap(({ red }) => red ?? []);
  const wrong = await failuresWithAllGuards(tree, red);
  return outcomes.map(({ guard, ...outcome }) => [guard, judged(outcome, wrong)]);
};

/** A long number in a name is a seed or a port, which is another one in the next run. */
const changing = /\d{5,}/g;
const stable = (name) => name.replaceAll(changing, '#');
const exactly = (names) =>
  `^(?:${[...new Set(names)]
    .map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(changing, '\\d+'))
    .join('|')})$`;

/** The first test that fails without the guard, or why there is none. */
const untilRed = async (tree, { tests: files, only }, last) => {
  const tries = [
    ...(last === undefined ? [] : [{ file: last.file, pattern: exactly([last.name]) }]),
    ...files.map((file) => ({ file, pattern: only })),
  ];
  let ran = 0;
  for (const { file, pattern } of tries) {
    const { tests, broken } = await tree.test(file, pattern, { isUntilRed: true });
    if (broken !== undefined) return { broken };
    ran += tests.length;
    const red = tests.find(({ state }) => state === 'failed');
    if (red !== undefined) return { red };
  }
  return { ran };
};

/** The tests, of those named, that do not pass while all guards are in, and why. */
const failuresWithAllGuards = async (tree, red) => {
  const wrong = new Map();
  for (const file of new Set(red.map((test) => test.file))) {
    const named = red.filter((test) => test.file === file);
    const { tests, broken } = await tree.test(file, exactly(named.map(({ name }) => name)));
    for (const { name } of named) {
      const own = tests.filter((test) => stable(test.name) === stable(name));
      const failed = own.find(({ state }) => state === 'failed');
      if (own.length === 0) wrong.set(`${file} ${name}`, broken ?? 'no such test ran');
      else if (failed !== undefined) wrong.set(`${file} ${name}`, reasonOf(failed));
    }
  }
  return wrong;
};

const judged = ({ seconds, broken, ran, red }, wrong) => {
  if (broken !== undefined) return { state: 'GREEN', seconds, text: broken };
  if (ran === 0) return { state: 'WRONG', seconds, text: 'no such test ran' };
  if (red === undefined) return { state: 'GREEN', seconds, text: `${ran} tests stay green` };
  const reason = reasonOf(red);
  if (isBuildFailure(reason))
    return { state: 'GREEN', seconds, text: `cannot be built without it: ${reason}` };
  const withGuard = wrong.get(`${red.file} ${red.name}`);
  if (withGuard !== undefined)
    return { state: 'WRONG', seconds, text: `red with the guard in: ${red.name}: ${withGuard}` };
  const how = /Exceeded timeout/.test(reason) ? ' (by waiting for ever)' : '';
  return {
    state: 'red',
    seconds,
    text: `${red.name}${how}`,
    test: { file: red.file, name: red.name },
    reason,
  };
};

/** A compiler that refuses the text without the guard says nothing about the test. */
const isBuildFailure = (reason) => /Command failed: .*(?:npm run build|deploy\/\S+\.mjs)/.test(reason);

/** The first lines of what the test said, in one. */
const reasonOf = ({ failure = '' }) =>
  failure
    // eslint-disable-next-line no-control-regex -- Jest colours what it prints.
    .replaceAll(/\u001b\[\d+m/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(0, 4)
    .join(' ')
    .slice(0, 300);
