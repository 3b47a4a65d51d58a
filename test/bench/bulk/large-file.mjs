// A large file: its upload, and a dry run that reads and checks every row.
import { begin, settled, upload } from './operations.mjs';

export const checkLargeFile = async (server, { rows, megabytes, print }) => {
  const { template } = server;
  /** Of a line without the column that pads it. */
  const lineBytes = 27;
  const padding = 'x'.repeat(Math.max(0, Math.floor((megabytes * 1_048_576) / rows) - lineBytes));
  const idleMb = server.residentMb();
  server.forgetPeak();
  const began = performance.now();
  const fileId = await upload(server, { rows, from: 1_000_000, padding });
  const uploadMs = performance.now() - began;
  print(
    `upload of ${rows} rows, ${Math.round((rows * (lineBytes + padding.length)) / 1_048_576)} MiB`,
    `${(uploadMs / 1_000).toFixed(1)} s, ${Math.round(server.peakMb() - idleMb)} MiB above ${Math.round(idleMb)} MiB`,
  );
  server.forgetPeak();
  const before = await server.databaseBytes();
  const processor = server.processorMs();
  const start = performance.now();
  const { id } = await begin(server, { fileId, template, dryRun: true });
  const { status } = await settled(server, id);
  const seconds = (performance.now() - start) / 1_000;
  print(
    `dry run of ${rows} rows (${status})`,
    `${Math.round(rows / seconds)} rows/s, ${((server.processorMs() - processor) / rows).toFixed(2)} ms of processor time each, ` +
      `${Math.round(server.peakMb() - idleMb)} MiB above idle`,
  );
  print(
    'database, for each of its rows',
    `${Math.round(((await server.databaseBytes()) - before) / rows)} bytes`,
  );
};
