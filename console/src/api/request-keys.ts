import { useCallback, useRef } from 'react';

/**
 * Names a request by its content: as long as a form is open, the same content has the same key. So an attempt whose answer was lost is
 * carried out once, however often it is tried. `crypto.randomUUID` would need https.
 */
export const useRequestKeys = (): ((content: object) => string) => {
  const keys = useRef(new Map<string, string>());
  return useCallback((content) => {
    const text = JSON.stringify(content);
    const key = keys.current.get(text) ?? newKey();
    keys.current.set(text, key);
    return key;
  }, []);
};

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
