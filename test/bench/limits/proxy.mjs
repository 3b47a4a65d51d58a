// A path to the upstream that takes a different time for every segment, or leads nowhere for a while.
import net from 'node:net';

const { target, jitterMs = 0, backlog } = JSON.parse(process.argv[2]);
const { hostname, port } = new URL(target);

/** Bytes in the order in which they came, each segment at least `delay` later. */
const through = (from, to) => {
  let last = Promise.resolve();
  from.on('data', (chunk) => {
    const wait = new Promise((resolve) => setTimeout(resolve, Math.random() * jitterMs));
    last = last.then(() => wait).then(() => void to.write(chunk));
  });
  from.on('end', () => void last.then(() => to.end()));
  from.on('error', () => to.destroy());
};

let segments = 0;
const server = net.createServer({ noDelay: true }, (client) => {
  const upstream = net.connect({ port: Number(port), host: hostname, noDelay: true });
  client.on('data', () => (segments += 1));
  through(client, upstream);
  upstream.pipe(client);
  upstream.on('error', () => client.destroy());
});
server.listen({ port: 0, host: '127.0.0.1', ...(backlog === undefined ? {} : { backlog }) }, () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}` });
});
process.on('message', () => process.send({ segments }));
process.on('disconnect', () => process.exit(0));
