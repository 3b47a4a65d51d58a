import { createStoreClock } from '../../../src/traffic/limiter/store-clock';

describe('the store’s clock', () => {
  it("is this process's clock before the first reply", () => {
    expect(createStoreClock().offsetMs()).toBe(0);
  });

  it('is known after one quick reply, and is not changed by a slow one', () => {
    const store = createStoreClock();
    store.heard({ asked: 1_000, at: 6_001, heard: 1_002 });
    expect(store.offsetMs()).toBe(5_000);
    // Answered at once, read 80 ms later; then asked 80 ms before it was answered.
    store.heard({ asked: 2_000, at: 7_001, heard: 2_081 });
    store.heard({ asked: 3_000, at: 8_081, heard: 3_082 });
    expect(store.offsetMs()).toBe(5_000);
  });

  it('is estimated again after a clock was set', () => {
    const store = createStoreClock();
    store.heard({ asked: 1_000, at: 6_001, heard: 1_002 });
    store.heard({ asked: 1_100, at: 3_101, heard: 1_102 });
    expect(store.offsetMs()).toBe(2_000);
  });
});
