import { useCallback, useEffect, useMemo, useState } from 'react';
import { Button } from '../../form/button';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleThrottleDocument, type ConsoleThrottleQuery } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useEvery } from '../../api/use-every';
import { useSession } from '../../app/session';
import { grouped, timeOfDay } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { interfaceNames } from './interface-names';
import { Meter } from './meter';
import { budgetTexts } from './texts';
import { Trend, type TrendSample } from './trend';

type Status = NonNullable<ConsoleThrottleQuery['brand']>['throttle'][number];

const everyMs = 2_000;
/** What the lines show at most: ten minutes. */
const keptSamples = 300;

const isBusy = ({ available, limitPerSecond, queueDepth }: Status): boolean =>
  queueDepth > 0 || available < Math.floor(limitPerSecond);

/** How much of each interface's limit is used, and how many calls wait for it. */
export const ThrottlePanel = () => {
  const t = useTexts(budgetTexts);
  const { brand } = useSession();
  const query = useAsk(ConsoleThrottleDocument, { brandId: brand.brandId });
  useEvery(everyMs, query.again);
  return (
    <section className="panel">
      <h2 className="panel__title">{t.interfaces}</h2>
      <p className="hint budget__hint">{t.interfacesHint(brand.name)}</p>
      <Answered
        query={query}
        pick={(data) => data.brand?.throttle}
        skeleton={<Skeleton animation="gradient" rowCol={[1, 1, 1, 1]} />}
      >
        {(statuses) => (
          <>
            <Course key={brand.brandId} statuses={statuses} />
            <Interfaces statuses={statuses} />
          </>
        )}
      </Answered>
    </section>
  );
};

const usedOf = ({ available, limitPerSecond }: Status): number =>
  Math.max(0, Math.floor(limitPerSecond) - available);

/** What has been seen since the page was opened. The server keeps no course of it. */
const Course = ({ statuses }: { readonly statuses: readonly Status[] }) => {
  const t = useTexts(budgetTexts);
  const { language } = useLanguage();
  const [samples, setSamples] = useState<readonly TrendSample[]>([]);
  useEffect(() => {
    const sum = (value: (status: Status) => number) => statuses.reduce((total, one) => total + value(one), 0);
    const sample = {
      at: new Date().getTime(),
      waiting: sum(({ queueDepth }) => queueDepth),
      used: sum(usedOf),
    };
    setSamples((former) => [...former.slice(1 - keptSamples), sample]);
  }, [statuses]);
  const timeOf = useCallback((at: number) => timeOfDay(new Date(at).toISOString(), language), [language]);
  const names = useMemo(() => ({ waiting: t.waitingCalls, used: t.usedCalls }), [t]);
  const newest = samples.at(-1);
  const label = `${t.waitingCalls} ${newest?.waiting ?? 0}, ${t.usedCalls} ${newest?.used ?? 0}`;
  return <Trend samples={samples} label={label} names={names} timeOf={timeOf} />;
};

const Interfaces = ({ statuses }: { readonly statuses: readonly Status[] }) => {
  const t = useTexts(budgetTexts);
  const names = useTexts(interfaceNames);
  const { language } = useLanguage();
  const [all, setAll] = useState(true);
  const number = (value: number) => grouped(value, language);
  const busy = statuses.filter(isBusy);
  const shown = all ? [...busy, ...statuses.filter((one) => !isBusy(one))] : busy;
  return (
    <>
      <ul className="interfaces interfaces--tiles">
        {shown.map((status) => {
          const { interface: name, limitPerSecond, available, queueDepth, waitMs } = status;
          const used = Math.min(1, Math.max(0, 1 - available / Math.max(1, Math.floor(limitPerSecond))));
          return (
            <li key={name} className="interface">
              <p className="interface__name">
                {names[name]} <span className="hint number">{t.limit(number(limitPerSecond))}</span>
              </p>
              <Meter share={used} label={`${names[name]} ${t.used}`} isFull={available === 0} />
              <p className="hint number">
                {queueDepth > 0
                  ? `${t.waiting(number(queueDepth))} · ${t.wait(number(Math.ceil(waitMs / 1000)))}`
                  : isBusy(status)
                    ? t.available(number(available))
                    : t.idle}
              </p>
            </li>
          );
        })}
      </ul>
      {busy.length < statuses.length && (
        <Button
          variant="text"
          theme="primary"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? t.showBusy : `${t.others(number(statuses.length - busy.length))} · ${t.showAll}`}
        </Button>
      )}
    </>
  );
};
