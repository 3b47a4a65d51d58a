import { dateTime, grouped, percent } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Meter } from './meter';
import { countOf, doneOf, isActive, rowStates, stateName, type Operation } from './operation-state';
import { bulkTexts } from './texts';

/** Progress, rate, end, and how many rows have which state. */
export const ProgressFacts = ({ operation }: { readonly operation: Operation }) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const { total, ratePerSecond, estimatedEndTime, finishTime, order } = operation;
  const done = doneOf(operation);
  const share = total === 0 ? 0 : done / total;
  const present = rowStates.filter((state) => countOf(operation, state) > 0);
  return (
    <>
      <div
        className="progress"
        role="progressbar"
        aria-label={t.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <span className="progress__share number">{percent(Math.floor(share * 1000) / 1000, language)}</span>
        <span className="hint number">{t.rowsOf(grouped(done, language), grouped(total, language))}</span>
      </div>
      <Meter operation={operation} />
      <dl className="tallies">
        {present.map((state) => (
          <div key={state} className={`tally tally--${state}`}>
            <dt>{stateName(state, order.dryRun, t)}</dt>
            <dd className="number">{grouped(countOf(operation, state), language)}</dd>
          </div>
        ))}
        {isActive(operation) && !order.dryRun && (
          <>
            <div className="tally">
              <dt>{t.rate}</dt>
              <dd className="number">
                {typeof ratePerSecond === 'number'
                  ? t.perSecondNow(grouped(Math.round(ratePerSecond * 10) / 10, language))
                  : t.unknown}
              </dd>
            </div>
            <div className="tally">
              <dt>{t.end}</dt>
              <dd className="number">{dateTime(estimatedEndTime, language) || t.unknown}</dd>
            </div>
          </>
        )}
        {typeof finishTime === 'string' && (
          <div className="tally">
            <dt>{t.ended}</dt>
            <dd className="number">{dateTime(finishTime, language)}</dd>
          </div>
        )}
      </dl>
    </>
  );
};
