// How long the console needs until a reader can use it, and what it loads: `npm run bench:console`. Prints; fails for nothing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const rounds = 5;

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
try {
  for (let round = 1; round <= rounds; round += 1) {
    // A window of its own has an empty cache.
    const context = await browser.newContext({ locale: 'zh-CN' });
    const page = await context.newPage();
    const bodies = [];
    page.on('response', (response) => bodies.push(response.body()));
    const began = performance.now();
    await page.goto(address);
    await page.locator('.search__line input').click();
    const ms = performance.now() - began;
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    console.log(
      `${round}: usable after ${(ms / 1000).toFixed(2)} s; ${(bytes / 1000).toFixed(0)} kB gzipped in ${bodies.length} responses`,
    );
    await context.close();
  }
} finally {
  await browser.close();
  server.kill();
}
