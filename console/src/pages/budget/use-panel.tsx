import { useState } from 'react';
import { Radio } from 'tdesign-react/es/radio';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleBudgetUseDocument, type BudgetUseBy, type UpstreamInterface } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useIsAdmin } from '../../app/permissions';
import { useSession } from '../../app/session';
import { Select } from '../../form/inputs';
import { dateTime, grouped, percent } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { interfaceNames } from './interface-names';
import { Meter } from './meter';
import { budgetTexts } from './texts';

const periods = ['15m', '1h', '24h'] as const;

/** Who used the calls: the heaviest brands or callers. */
export const UsePanel = () => {
  const t = useTexts(budgetTexts);
  const { language } = useLanguage();
  const { brands } = useSession();
  const isAdmin = useIsAdmin();
  const [by, setBy] = useState<BudgetUseBy>('CALLER');
  const [last, setLast] = useState<(typeof periods)[number]>('1h');
  const [only, setOnly] = useState<UpstreamInterface | undefined>();
  const names = useTexts(interfaceNames);
  const query = useAsk(
    ConsoleBudgetUseDocument,
    isAdmin ? { by, last, ...(only === undefined ? {} : { interface: only }) } : undefined,
  );
  const nameOf = (id: string | null | undefined) =>
    id === null || id === undefined
      ? t.rest
      : (brands.find(({ brandId }) => by === 'BRAND' && brandId === id)?.name ?? id);
  const number = (value: number) => grouped(value, language);
  return (
    <section className="panel">
      <h2 className="panel__title">{t.use}</h2>
      {!isAdmin && <p className="hint">{t.needsAdmin}</p>}
      {isAdmin && (
        <div className="use__bar">
          <Radio.Group variant="default-filled" size="small" value={by} onChange={setBy}>
            <Radio.Button value="CALLER">{t.byCaller}</Radio.Button>
            <Radio.Button value="BRAND">{t.byBrand}</Radio.Button>
          </Radio.Group>
          <Radio.Group variant="default-filled" size="small" value={last} onChange={setLast}>
            {periods.map((period) => (
              <Radio.Button key={period} value={period}>
                {t[period]}
              </Radio.Button>
            ))}
          </Radio.Group>
          <div className="use__interface">
            <Select
              aria-label={t.ofInterface}
              value={only ?? ''}
              onChange={({ target: { value } }) => {
                setOnly(value === '' ? undefined : (value as UpstreamInterface));
              }}
            >
              <option value="">{t.allInterfaces}</option>
              {Object.entries(names).map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </Select>
          </div>
        </div>
      )}
      <Answered
        query={query}
        pick={(data) => data.budgetUse}
        skeleton={<Skeleton animation="gradient" rowCol={[1, 1, 1]} />}
      >
        {({ users, calls, since }) => (
          <>
            {users.length === 0 && <p className="hint">{t.none}</p>}
            <ol className="interfaces">
              {users.map(({ id, calls: own, refused, share }) => (
                <li key={id ?? ''} className="interface">
                  <p className="interface__name">{nameOf(id)}</p>
                  <Meter share={share ?? 0} label={nameOf(id)} />
                  <p className="hint number">
                    {t.calls(number(own))}
                    {typeof share === 'number' && ` · ${percent(share, language)}`}
                    {refused > 0 && ` · ${t.refused(number(refused))}`}
                  </p>
                </li>
              ))}
            </ol>
            <p className="hint use__since">
              {t.calls(number(calls))} · {t.since(dateTime(since, language))} · {t.useHint}
            </p>
          </>
        )}
      </Answered>
    </section>
  );
};
