import { asksForBackground } from '../../../src/server/http/priority';

describe('the Priority header', () => {
  it.each(['u=7', 'u=7, i', 'i, u=7', ' u=7;x'])('%s is background work', (header) => {
    expect(asksForBackground(header)).toBe(true);
  });
  it.each([undefined, '', 'u=6', 'u=70', 'xu=7', 'i'])('%s is not', (header) => {
    expect(asksForBackground(header)).toBe(false);
  });
});
