// Holds the emitted schema against the public contract: nothing of it missing, nothing broken.
// Usage: node schema/check-contract.mjs CONTRACT.graphql
import { readFileSync } from 'node:fs';
import { diff, CriticalityLevel } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [contractFile] = process.argv.slice(2);
const contract = buildSchema(readFileSync(contractFile, 'utf8'));
const emitted = buildSchema(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'));

const changes = await diff(contract, emitted);
const broken = changes.filter(
  ({ criticality, type }) => criticality.level === CriticalityLevel.Breaking || type.endsWith('_REMOVED'),
);
for (const { message } of broken) console.error(`contract: ${message}`);
console.log(`contract: ${broken.length} breaks`);
process.exitCode = broken.length === 0 ? 0 : 1;
