import { Skeleton } from 'tdesign-react/es/skeleton';
import { Tag } from 'tdesign-react/es/tag';
import { ConsoleHealthDocument, type ConsoleHealthQuery } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useEvery } from '../../api/use-every';
import { useIsAdmin } from '../../app/permissions';
import { day } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { budgetTexts } from './texts';

type Health = NonNullable<ConsoleHealthQuery['serverHealth']>;

const everyMs = 10_000;
const themes = { READY: 'success', FAILING: 'danger', DRAINING: 'warning' } as const;

/** Whether the server is ready, what an operator should look at, and when keys end. */
export const HealthPanel = () => {
  const t = useTexts(budgetTexts);
  const isAdmin = useIsAdmin();
  const query = useAsk(ConsoleHealthDocument, isAdmin ? {} : undefined);
  useEvery(everyMs, query.again);
  return (
    <section className="panel budget__health">
      <h2 className="panel__title">{t.health}</h2>
      {!isAdmin && <p className="hint">{t.healthNeedsAdmin}</p>}
      <Answered
        query={query}
        pick={(data) => data.serverHealth}
        skeleton={<Skeleton animation="gradient" rowCol={[{ width: '40%' }]} />}
      >
        {(health) => <Findings health={health} />}
      </Answered>
    </section>
  );
};

const Findings = ({ health: { status, findings, keys } }: { readonly health: Health }) => {
  const t = useTexts(budgetTexts);
  const { language } = useLanguage();
  return (
    <>
      <p className="health__status">
        <Tag theme={themes[status]} variant="light">
          {t[status]}
        </Tag>
        <span className="hint">{findings.length === 0 ? t.nothingWrong : t.processOnly}</span>
      </p>
      <ul className="health__list">
        {findings.map(({ code, level, meaning, action, detail }) => (
          <li key={code + detail} className="finding">
            <p className="finding__title">
              <Tag theme={level === 'FAILING' ? 'danger' : 'warning'} variant="light" size="small">
                {t[`level${level}`]}
              </Tag>
              {meaning}
            </p>
            <p>{action}</p>
            <p className="hint finding__detail">
              {code} · {detail}
            </p>
          </li>
        ))}
      </ul>
      {keys.length > 0 && (
        <>
          <h3 className="health__keys">{t.keys}</h3>
          <ul className="health__list">
            {keys.map(({ kind, keyId, endTime }) => (
              <li key={keyId} className="key-end number">
                <span>{t[kind]}</span>
                <span className="hint">{keyId}</span>
                <span>{t.endsAt(day(endTime, language))}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
};
