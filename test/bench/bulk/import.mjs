// An import as fast as the budget allows, while somebody imports single members at one per second.
import { begin, settled, upload } from './operations.mjs';

/** Of service providers: WeChat Pay's limit of this interface, calls per second. */
const budget = 10;
const importing = `mutation($input: ImportUserCardByPhoneInput!) {
  importUserCardByPhone(input: $input) { outcome userErrors { code } } }`;

export const importBesideOthers = async (server, { rows, print }) => {
  const { template } = server;
  // The first use of an embedded database makes it, which costs seconds.
  await upload(server, { rows: 1, from: 9_000_000 });
  const idle = server.processorMs();
  const bytes = await importAlone(server, { rows, template, print });
  print(
    'processor time of the server, for each row',
    `${((server.processorMs() - idle) / rows).toFixed(1)} ms`,
  );
  print('database, for each row', `${Math.round(bytes / rows)} bytes`);

  const { id } = await begin(server, { fileId: await upload(server, { rows, from: rows }), template });
  const waits = [];
  let isOver = false;
  void settled(server, id).then(() => (isOver = true));
  for (let index = 0; !isOver; index += 1) {
    const due = performance.now() + 1_000;
    const began = performance.now();
    await server.ask(importing, {
      input: {
        cardTemplate: template,
        phoneNumber: `1351${String(1_000_000 + index)}`,
        userCardCode: `ONE${String(index).padStart(7, '0')}`,
      },
    });
    waits.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  const sorted = waits.toSorted((a, b) => a - b);
  const quantile = (share) => `${Math.round(sorted[Math.ceil(share * sorted.length) - 1])} ms`;
  print(
    `single imports at 1/s meanwhile (${waits.length}), p50 / p95 / max`,
    [0.5, 0.95, 1].map(quantile).join(' / '),
  );
};

/** The arrivals that the sandbox counted say how much of the budget was used. */
const importAlone = async (server, { rows, template, print }) => {
  const fileId = await upload(server, { rows, from: 0 });
  const before = await server.databaseBytes();
  const { id } = await begin(server, { fileId, template });
  const state = await settled(server, id);
  const response = await fetch(`${server.sandboxUrl}/sandbox/ledger?interface=IMPORT_USER_CARD_BY_PHONE`);
  const entries = await response.json();
  const times = (Array.isArray(entries) ? entries : entries.entries).map(({ at }) => at);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
  const rate = (times.length - 1) / seconds;
  print(
    `import of ${rows} rows: ${JSON.stringify(state.counts.map(({ state: name, code, count }) => [name, code, count]))}`,
    state.status,
  );
  print('calls per second, between the first and the last', rate.toFixed(2));
  print('use of the budget', `${((100 * rate) / budget).toFixed(1)} %`);
  return (await server.databaseBytes()) - before;
};
