import { ArrowLeftIcon, UploadIcon } from 'tdesign-icons-react';
import { Alert } from 'tdesign-react/es/alert';
import { Button } from '../../form/button';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { Tag } from 'tdesign-react/es/tag';
import { useMay } from '../../app/permissions';
import { dateTime, grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { kindName } from './kinds';
import type { Beginning } from './new-operation';
import { OperationActions } from './operation-actions';
import { countOf, statusTheme, type Operation } from './operation-state';
import { isImport } from './order';
import { pauseTexts } from './pause-texts';
import { ProgressFacts } from './progress-facts';
import { RowsTable } from './rows-table';
import { SaveButton } from './save-button';
import { bulkTexts } from './texts';
import { useOperation } from './use-operation';

interface OperationViewProps {
  readonly id: string;
  readonly onBack: () => void;
  readonly onNew: (like: Beginning) => void;
}

export const OperationView = ({ id, onBack, onNew }: OperationViewProps) => {
  const t = useTexts(bulkTexts);
  const query = useOperation(id);
  return (
    <>
      <Button variant="text" icon={<ArrowLeftIcon />} onClick={onBack}>
        {t.back}
      </Button>
      <Answered
        query={query}
        pick={({ node }) => (node && 'status' in node ? node : undefined)}
        skeleton={<Skeleton animation="gradient" rowCol={[{ height: '220px' }, 1, 1, 1]} />}
      >
        {(operation) => (
          <div className="bulk-stack">
            <Overview operation={operation} onChange={query.again} />
            <Files operation={operation} onNew={onNew} />
            {operation.status !== 'VALIDATING' && <RowsTable operation={operation} />}
          </div>
        )}
      </Answered>
    </>
  );
};

interface OverviewProps {
  readonly operation: Operation;
  readonly onChange: () => void;
}

const Overview = ({ operation, onChange }: OverviewProps) => {
  const t = useTexts(bulkTexts);
  const pauses = useTexts(pauseTexts);
  const { language } = useLanguage();
  const { kind, status, pauseReason, order, createTime } = operation;
  const { dailyWindow, maxPerSecond, maxRowsPerDay, notBefore, onExisting } = order;
  return (
    <section className="panel">
      <div className="operation__head">
        <h2 className="operation__kind">{kindName(kind, t)}</h2>
        {order.dryRun && <Tag variant="outline">{t.check}</Tag>}
        <Tag variant="light" theme={statusTheme(status)}>
          {t[status]}
        </Tag>
      </div>
      <p className="operation__facts hint number">
        <span>{t.createdAt(dateTime(createTime, language))}</span>
        <span>{t.createdBy(order.createdBy)}</span>
        <span>{order.cardId}</span>
        {isImport({ kind }) && onExisting === 'UPDATE' && <span>{t.updates}</span>}
        {typeof notBefore === 'string' && <span>{t.beginsAt(dateTime(notBefore, language))}</span>}
        {typeof dailyWindow === 'string' && <span>{t.windowSet(dailyWindow)}</span>}
        {typeof maxRowsPerDay === 'number' && <span>{t.perDaySet(grouped(maxRowsPerDay, language))}</span>}
        {typeof maxPerSecond === 'number' && <span>{t.paceSet(grouped(maxPerSecond, language))}</span>}
      </p>
      {pauseReason && <Alert theme="warning" message={pauses[pauseReason]} />}
      <ProgressFacts operation={operation} />
      <OperationActions operation={operation} onChange={onChange} />
    </section>
  );
};

interface FilesProps {
  readonly operation: Operation;
  readonly onNew: (like: Beginning) => void;
}

/** The results, and the way on from the rows that failed. */
const Files = ({ operation, onNew }: FilesProps) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const may = { write: useMay('write'), pii: useMay('pii') };
  const { resultsPath, failedRowsPath, differencesPath, expireTime, kind, order } = operation;
  if (typeof resultsPath !== 'string' || typeof failedRowsPath !== 'string') return null;
  const hasFailed = countOf(operation, 'FAILED') > 0;
  const mayRead = may.write && may.pii;
  const notes = [
    ...(mayRead ? (hasFailed ? [t.failuresHint] : []) : [t.noDownload]),
    ...(typeof expireTime === 'string' ? [t.erased(dateTime(expireTime, language))] : []),
  ];
  return (
    <section className="panel">
      <div className="actions">
        {hasFailed && (
          <>
            <SaveButton
              path={failedRowsPath}
              fileName="failed.csv"
              label={t.failures}
              isMain
              isDisabled={!mayRead}
            />
            <Button
              theme="default"
              variant="outline"
              icon={<UploadIcon />}
              disabled={!may.write}
              onClick={() => {
                onNew({ kind, cardId: order.cardId });
              }}
            >
              {t.mendAndUpload}
            </Button>
          </>
        )}
        {typeof differencesPath === 'string' && (
          <SaveButton
            path={differencesPath}
            fileName="differences.csv"
            label={t.differences}
            isDisabled={!mayRead}
          />
        )}
        <SaveButton path={resultsPath} fileName="results.csv" label={t.results} isDisabled={!mayRead} />
      </div>
      {notes.length > 0 && <p className="hint actions__hint">{notes.join(' ')}</p>}
    </section>
  );
};
