import { useEffect, useState } from 'react';
import { ConsoleThrottleDocument, type UpstreamInterface } from '../api/documents';
import { useClient } from '../app/session';
import { useTexts } from '../i18n/language';
import { stateTexts } from './texts';

/** Which of WeChat Pay's limits a query waits for. */
export interface WaitsFor {
  readonly brandId: string;
  readonly interface: UpstreamInterface;
}

/** Shown only for a wait that a reader notices, ms. */
const afterMs = 800;
const everyMs = 1_000;

/** Says what a slow query waits for: its turn, WeChat Pay or, without `waitsFor`, the server. */
export const SlowNotice = ({ waitsFor }: { readonly waitsFor: WaitsFor | undefined }) => {
  const t = useTexts(stateTexts);
  const client = useClient();
  const [seconds, setSeconds] = useState<number>();
  const [queueMs, setQueueMs] = useState(0);
  const { brandId, interface: name } = waitsFor ?? {};

  useEffect(() => {
    const began = performance.now();
    const abort = new AbortController();
    const look = () => {
      setSeconds(Math.round((performance.now() - began) / 1000));
      if (brandId === undefined) return;
      // Asks nothing of WeChat Pay.
      void client.ask(ConsoleThrottleDocument, { brandId }, abort.signal).then(({ data }) => {
        const status = data?.brand?.throttle.find((one) => one.interface === name);
        if (!abort.signal.aborted) setQueueMs(status?.waitMs ?? 0);
      });
    };
    let timer = setTimeout(function again() {
      look();
      timer = setTimeout(again, everyMs);
    }, afterMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [client, brandId, name]);

  if (seconds === undefined) return null;
  const queued = Math.ceil(queueMs / 1000);
  return (
    <p className="slow" role="status">
      <span className="slow__dot" aria-hidden />
      {queued > 0 ? t.queued(queued) : (waitsFor === undefined ? t.slowServer : t.slow)(Math.max(1, seconds))}
    </p>
  );
};
