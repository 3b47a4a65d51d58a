// A path to a server that takes a different time for every segment, or that fails in the ways in which paths fail.
import net from 'node:net';

const { target, minMs = 0, maxMs = 0, bothWays = false, backlog } = JSON.parse(process.argv[2]);
let to = new URL(target);
let isCut = false;
let segments = 0;
const sockets = new Set();

/** Bytes in the order in which they came, each segment at least its delay later. */
const delayed = (from, on) => {
  let last = Promise.resolve();
  from.on('data', (chunk) => {
    const wait = new Promise((resolve) => setTimeout(resolve, minMs + Math.random() * (maxMs - minMs)));
    last = last.then(() => wait).then(() => void on.write(chunk));
  });
  from.on('end', () => void last.then(() => on.end()));
};

const server = net.createServer({ noDelay: true }, (client) => {
  if (isCut) {
    client.destroy();
    return;
  }
  const upstream = net.connect({ port: Number(to.port), host: to.hostname, noDelay: true });
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ]) {
    sockets.add(one);
    one
      .on('error', () => other.destroy())
      .on('close', () => {
        sockets.delete(one);
        if (one === client || one.errored) other.destroy();
      });
  }
  client.on('data', () => (segments += 1));
  delayed(client, upstream);
  if (bothWays) delayed(upstream, client);
  else upstream.pipe(client);
});

const actions = {
  count: () => segments,
  /** Connections that are open get no more bytes, and no reset. New ones work. */
  silence() {
    for (const socket of sockets) socket.removeAllListeners('data').unpipe().pause();
  },
  /** Closes all connections and accepts no more, or accepts them again. */
  cut({ away }) {
    isCut = away;
    if (away) for (const socket of sockets) socket.destroy();
  },
  /** New connections lead to another server. */
  leadTo({ url }) {
    to = new URL(url);
  },
};

server.listen({ port: 0, host: '127.0.0.1', ...(backlog === undefined ? {} : { backlog }) }, () => {
  const { protocol } = new URL(target);
  process.send({ url: `${protocol}//127.0.0.1:${server.address().port}` });
});
process.on('message', ({ action, ...parameters }) => {
  process.send({ answer: actions[action](parameters) ?? true });
});
process.on('disconnect', () => process.exit(0));
