// How long the console needs until a reader can use it, and what it loads: `npm run bench:console`.
// `--within SECONDS` fails if it needs longer, `--again N` measures so often again before it fails.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** As the tests choose it (test/support/browser.ts). */
const binary = JSON.parse(readFileSync(join(root, 'test/support/browsers.json'), 'utf8')).find(existsSync);
const rounds = 5;
const { values: options } = parseArgs({
  options: { within: { type: 'string' }, again: { type: 'string', default: '0' } },
});

const server = spawn(process.execPath, [join(root, 'dist/main.js'), '--port', '0'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const address = await new Promise((resolve) => {
  let output = '';
  server.stdout.on('data', (chunk) => {
    output += chunk;
    const [found] = /http:\S+\/console/.exec(output) ?? [];
    if (found !== undefined) resolve(found);
  });
});
const browser = await chromium.launch({ executablePath: binary, args: ['--no-sandbox', '--disable-gpu'] });

/** In a window of its own, which has an empty cache. Returns seconds. */
const openOnce = async (round) => {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  const bodies = [];
  page.on('response', (response) => bodies.push(response.body()));
  const began = performance.now();
  await page.goto(address);
  await page.locator('.search__line input').click();
  const seconds = (performance.now() - began) / 1000;
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  console.log(
    `${round}: usable after ${seconds.toFixed(2)} s; ${(bytes / 1000).toFixed(0)} kB gzipped in ${bodies.length} responses`,
  );
  await context.close();
  return seconds;
};

const median = async () => {
  const measured = [];
  for (let round = 1; round <= rounds; round += 1) measured.push(await openOnce(round));
  return measured.toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
};

try {
  const bound = Number(options.within ?? Infinity);
  let seconds = await median();
  for (let left = Number(options.again); left > 0 && seconds > bound; left -= 1) seconds = await median();
  console.log(
    `median ${seconds.toFixed(2)} s${options.within === undefined ? '' : `, must be ≤ ${bound} s`}`,
  );
  if (!(seconds <= bound)) process.exitCode = 1;
} finally {
  await browser.close();
  server.kill();
}
