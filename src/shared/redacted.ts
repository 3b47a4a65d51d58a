import { inspect } from 'node:util';

/** Makes the value print as `[redacted]`, also in `util.inspect` and `JSON.stringify`. Returns the value. */
export const redacted = <T extends object>(value: T): T =>
  Object.defineProperties(value, {
    toJSON: { value: () => '[redacted]' },
    [inspect.custom]: { value: () => '[redacted]' },
  });
