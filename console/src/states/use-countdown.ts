import { useEffect, useState } from 'react';

/** Whole seconds left of a time that began when `key` last changed. */
export const useCountdown = (ms: number, key: unknown): number => {
  const [left, setLeft] = useState(Math.ceil(ms / 1000));
  useEffect(() => {
    const end = performance.now() + ms;
    const update = () => {
      setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    };
    update();
    const timer = setInterval(update, 250);
    return () => {
      clearInterval(timer);
    };
  }, [ms, key]);
  return left;
};
