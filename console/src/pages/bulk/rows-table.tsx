import { useEffect, useRef, useState } from 'react';
import { Button } from '../../form/button';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleBulkRowsDocument, type BulkRowState } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { countOf, rowStates, stateName, type Operation } from './operation-state';
import { bulkTexts } from './texts';

const page = 20;
const most = 100;

/** The rows of an operation by state, those that need somebody first. */
export const RowsTable = ({ operation }: { readonly operation: Operation }) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const present = rowStates.filter((state) => countOf(operation, state) > 0);
  const [chosen, setChosen] = useState<BulkRowState | 'ALL'>();
  const shown = chosen ?? present[0] ?? 'ALL';
  const isCheck = operation.order.dryRun;
  const nameOf = (state: BulkRowState | 'ALL') => (state === 'ALL' ? t.all : stateName(state, isCheck, t));
  return (
    <section className="panel">
      <h2 className="panel__title">{t.rows}</h2>
      <div className="chips" role="group" aria-label={t.rows}>
        {([...present, 'ALL'] as const).map((state) => (
          <button
            key={state}
            type="button"
            className="chip number"
            aria-pressed={state === shown}
            onClick={() => {
              setChosen(state);
            }}
          >
            {nameOf(state)} {grouped(state === 'ALL' ? operation.total : countOf(operation, state), language)}
          </button>
        ))}
      </div>
      <Rows key={shown} operation={operation} state={shown === 'ALL' ? undefined : shown} />
    </section>
  );
};

interface RowsProps {
  readonly operation: Operation;
  readonly state: BulkRowState | undefined;
}

const Rows = ({ operation, state }: RowsProps) => {
  const t = useTexts(bulkTexts);
  const [first, setFirst] = useState(page);
  const { id, status, order } = operation;
  const query = useAsk(ConsoleBulkRowsDocument, { id, first, ...(state === undefined ? {} : { state }) });
  const { again } = query;
  // Rows are read again when the operation has got somewhere, not at every step.
  const readAt = useRef(status);
  useEffect(() => {
    if (readAt.current === status) return;
    readAt.current = status;
    again();
  }, [status, again]);
  return (
    <Answered
      query={query}
      pick={(data) => (data.node && 'rows' in data.node ? data.node.rows : undefined)}
      skeleton={<Skeleton animation="gradient" rowCol={[1, 1, 1, { width: '60%' }]} />}
    >
      {({ nodes, totalCount }) =>
        nodes.length === 0 ? (
          <p className="hint">{t.noRows}</p>
        ) : (
          <>
            <div className="table-scroll" tabIndex={0} role="region" aria-label={t.rows}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t.row}</th>
                    <th scope="col">{t.member}</th>
                    <th scope="col">{t.result}</th>
                    <th scope="col">{t.reason}</th>
                  </tr>
                </thead>
                <tbody>
                  {nodes.map((row) => (
                    <tr key={row.number}>
                      <td className="number">{row.number}</td>
                      <td className="number">{row.mask}</td>
                      <td className={`table__state table__state--${row.state}`}>
                        {stateName(row.state, order.dryRun, t)}
                      </td>
                      <td>
                        {row.message}
                        {typeof row.code === 'string' && <code className="code">{row.code}</code>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {totalCount > nodes.length && first === most && <p className="hint">{t.restInFile}</p>}
            {totalCount > nodes.length && first < most && (
              <div className="bulk-more">
                <Button
                  theme="default"
                  onClick={() => {
                    setFirst(most);
                  }}
                >
                  {t.more}
                </Button>
              </div>
            )}
          </>
        )
      }
    </Answered>
  );
};
