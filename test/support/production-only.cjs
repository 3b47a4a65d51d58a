// Loaded before a program: no package resolves that `npm ci --omit=dev` leaves out.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, relative, sep } = require('node:path');

const root = join(__dirname, '..', '..');
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const resolve = Module._resolveFilename;

Module._resolveFilename = function (...args) {
  const file = resolve.apply(this, args);
  const path = relative(root, file).split(sep).join('/');
  const [, installed] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  const entry = packages[installed];
  if (entry?.dev === true || entry?.devOptional === true)
    throw new Error(`${installed.replace(/.*node_modules\//, '')} is for development only`);
  return file;
};
