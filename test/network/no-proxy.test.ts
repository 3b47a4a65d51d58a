import { isExcepted } from '../../src/network/no-proxy';

const target = (address: string) => {
  const { hostname, port, protocol } = new URL(address);
  return { hostname, port, protocol };
};

describe('a host that is reached without the proxy', () => {
  it.each([
    ['https://gw.example.com', 'gw.example.com'],
    ['https://GW.example.com', 'gw.EXAMPLE.com'],
    ['https://gw.example.com', 'example.com'],
    ['https://gw.example.com', '.example.com'],
    ['https://gw.example.com', '*.example.com'],
    ['https://gw.example.com', 'gw.example.com:443'],
    ['http://gw.example.com:8080', 'gw.example.com:8080'],
    ['http://gw.example.com', 'example.com:80'],
    ['https://gw.example.com', '*'],
    ['https://[::1]:8443', '::1'],
    ['https://[::1]:8443', '[::1]:8443'],
    ['https://10.0.0.7', '10.0.0.7'],
  ])('%s is named by %s', (address, entry) => {
    expect(isExcepted(target(address), ['other.example', entry])).toBe(true);
  });

  it.each([
    ['https://gw.example.com', 'ample.com'],
    ['https://gw.example.com', 'gw.example.com:8443'],
    ['https://gw.example.com', 'gw.example.com.'],
    ['https://gw.example.com', ''],
    ['https://gw.example.com', '.'],
    ['https://10.0.0.7', '10.0.0'],
    ['https://[::1]:8443', '[::1]:443'],
  ])('%s is not named by %j', (address, entry) => {
    expect(isExcepted(target(address), [entry])).toBe(false);
  });
});
