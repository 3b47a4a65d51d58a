import { useEffect, useRef, useState } from 'react';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleBulkRowsDocument, type BulkRowState } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { Answered } from '../../states/answered';
import { countOf, rowStates, stateName, type Operation } from './operation-state';
import { bulkTexts } from './texts';

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
  const { id, status, order } = operation;
  const variables = { id, ...(state === undefined ? {} : { state }) };
  const query = useAsk(ConsoleBulkRowsDocument, variables);
  const list = usePages({
    document: ConsoleBulkRowsDocument,
    variables,
    query,
    pick: (data) => (data.node && 'rows' in data.node ? data.node.rows : undefined),
    keyOf: ({ number }) => number,
    version: status,
  });
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
      {() =>
        list.nodes.length === 0 ? (
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
                  {list.nodes.map((row) => (
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
            <More list={list} />
          </>
        )
      }
    </Answered>
  );
};
