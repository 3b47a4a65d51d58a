/**
 * What the thread of the embedded database runs. A thread, because PGlite computes where it is called: its opening takes seconds, and
 * no request must wait for it. Text, because a thread is started from a file or a text, and TypeScript is compiled to different
 * places by the build and by the tests.
 *
 * In: { id, sql, values } for one statement, { id, sql } for several, { id, close: true }. Out: { id, rows } or { id, error }.
 */
export const pgliteThread = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { PGlite } = require(workerData.module);
const opened = PGlite.create({
  dataDir: workerData.directory,
  parsers: { 20: Number },
  startParams: [...PGlite.defaultStartParams, ...workerData.parameters.flatMap((parameter) => ['-c', parameter])],
  ...(workerData.from === undefined ? {} : { loadDataDir: new Blob([readFileSync(workerData.from)]) }),
});
// The first message waits for it and reports its error.
opened.catch(() => undefined);
const answer = async ({ sql, values, close }) => {
  const db = await opened;
  if (close) return db.close().then(() => []);
  if (values === undefined) return db.exec(sql).then(() => []);
  return (await db.query(sql, values)).rows;
};
let last = Promise.resolve();
parentPort.on('message', (message) => {
  last = last.then(() => answer(message)).then(
    (rows) => parentPort.postMessage({ id: message.id, rows }),
    (error) => parentPort.postMessage({ id: message.id, error: { code: error?.code, message: String(error?.message) } }),
  );
});
`;
