import { inspect } from 'node:util';

/** Makes whatever prints the value, `util.inspect` and `JSON.stringify` included, print `[redacted]`. Answers the value. */
export const redacted = <T extends object>(value: T): T =>
  Object.defineProperties(value, {
    toJSON: { value: () => '[redacted]' },
    [inspect.custom]: { value: () => '[redacted]' },
  });
