import { AddIcon, ChevronRightIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { Tag } from 'tdesign-react/es/tag';
import { ConsoleBulkOperationsDocument } from '../../api/documents';
import { usePoll } from '../../api/use-poll';
import { useMay } from '../../app/permissions';
import { useSession } from '../../app/session';
import { dateTime, grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { Answered } from '../../states/answered';
import { StateView } from '../../states/state-view';
import { kindName } from './kinds';
import { Meter } from './meter';
import { countOf, doneOf, isActive, statusTheme, type Operation } from './operation-state';
import { bulkTexts } from './texts';

interface OperationListProps {
  readonly onNew: () => void;
  readonly onOpen: (id: string) => void;
}

export const OperationList = ({ onNew, onOpen }: OperationListProps) => {
  const t = useTexts(bulkTexts);
  const { brand } = useSession();
  const may = useMay('write');
  const variables = { brandId: brand.brandId };
  const query = usePoll(ConsoleBulkOperationsDocument, variables, (data) =>
    data?.brand?.bulkOperations?.nodes.some(isActive) === true ? 2_000 : 15_000,
  );
  const list = usePages({
    document: ConsoleBulkOperationsDocument,
    variables,
    query,
    pick: (data) => data.brand?.bulkOperations,
    keyOf: ({ id }) => id,
  });
  const create = (
    <Button icon={<AddIcon />} disabled={!may} onClick={onNew}>
      {t.create}
    </Button>
  );
  return (
    <Answered
      query={query}
      pick={(data) => data.brand?.bulkOperations}
      skeleton={
        <Skeleton
          animation="gradient"
          rowCol={[{ height: '84px' }, { height: '84px' }, { height: '84px' }]}
        />
      }
    >
      {({ totalCount }) =>
        totalCount === 0 ? (
          <StateView kind="empty" title={t.none} text={may ? t.noneAdvice : t.readOnly}>
            {create}
          </StateView>
        ) : (
          <>
            <div className="bulk-head">
              {create}
              {!may && <p className="hint">{t.readOnly}</p>}
            </div>
            <ul className="operations" aria-label={t.operations}>
              {list.nodes.map((operation) => (
                <li key={operation.id}>
                  <OperationItem operation={operation} onOpen={onOpen} />
                </li>
              ))}
            </ul>
            <More list={list} />
          </>
        )
      }
    </Answered>
  );
};

interface OperationItemProps {
  readonly operation: Operation;
  readonly onOpen: (id: string) => void;
}

const OperationItem = ({ operation, onOpen }: OperationItemProps) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const failed = countOf(operation, 'FAILED');
  const { id, kind, status, total, order, createTime } = operation;
  return (
    <button
      type="button"
      className="operation panel"
      onClick={() => {
        onOpen(id);
      }}
    >
      <span className="operation__head">
        <span className="operation__kind">{kindName(kind, t)}</span>
        {order.dryRun && <Tag variant="outline">{t.check}</Tag>}
        <Tag variant="light" theme={statusTheme(status)}>
          {t[status]}
        </Tag>
      </span>
      <span className="operation__facts hint number">
        <span>{t.rowsOf(grouped(doneOf(operation), language), grouped(total, language))}</span>
        {failed > 0 && <span className="operation__failed">{t.failedRows(grouped(failed, language))}</span>}
        <span>{dateTime(createTime, language)}</span>
        <span>{t.createdBy(order.createdBy)}</span>
      </span>
      <Meter operation={operation} />
      <ChevronRightIcon size="20px" className="operation__arrow" />
    </button>
  );
};
