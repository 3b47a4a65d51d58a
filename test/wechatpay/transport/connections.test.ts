import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { createConnector } from '../../../src/network/connector';
import { openNetwork } from '../../../src/network/settings';
import { systemClock } from '../../../src/shared/clock';
import {
  createUpstreamConnections,
  type UpstreamConnections,
} from '../../../src/wechatpay/transport/connections';
import { fakeClock, type FakeClock } from '../../support/fake-clock';

const direct = createConnector(openNetwork, 1_000);

describe('connections opened in advance', () => {
  let server: Server;
  let origin: string;
  let opened = 0;
  beforeEach(async () => {
    opened = 0;
    server = createServer((_, response) => response.end('{}'));
    server.on('connection', () => {
      opened += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const poolOver = (connections: UpstreamConnections) =>
    new Pool(origin, { connections: 4, connect: connections.connect });
  const open = () =>
    new Promise<number>((resolve) =>
      server.getConnections((_, count) => {
        resolve(count);
      }),
    );
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('carry the call that they were opened for', async () => {
    const connections = createUpstreamConnections({
      origin,
      open: direct,
      clock: systemClock,
      idle: () => 0,
    });
    const pool = poolOver(connections);
    connections.prepare();
    await until(() => opened === 1);
    const { statusCode, body } = await pool.request({ path: '/', method: 'GET' });
    await body.text();
    expect([statusCode, opened]).toEqual([200, 1]);
    connections.close();
    await pool.close();
  });

  it('are not opened if one is idle', async () => {
    const connections = createUpstreamConnections({
      origin,
      open: direct,
      clock: systemClock,
      idle: () => 1,
    });
    connections.prepare();
    connections.prepare();
    await until(() => opened > 0);
    // A second one would have been opened together with it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(opened).toBe(1);
    connections.close();
  });

  it('are closed when the other side writes before a request', async () => {
    server.on('connection', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong'));
    const connections = createUpstreamConnections({
      origin,
      open: direct,
      // It is not closed because it was not used in time.
      clock: fakeClock(),
      idle: () => 0,
    });
    const pool = poolOver(connections);
    connections.prepare();
    await until(async () => opened === 1 && (await open()) === 0);
    connections.close();
    await pool.close();
  });

  it('are closed if they are not used in time, and at the end', async () => {
    const clock: FakeClock = fakeClock();
    const connections = createUpstreamConnections({ origin, open: direct, clock, idle: () => 0 });
    connections.prepare();
    await until(() => opened === 1);
    expect(await open()).toBe(1);
    await clock.advance(4_000);
    await until(async () => (await open()) === 0);
    connections.prepare();
    await until(() => opened === 2);
    connections.close();
    await until(async () => (await open()) === 0);
    expect(opened).toBe(2);
  });
});
