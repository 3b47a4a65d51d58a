import { useEffect, useRef, useState } from 'react';
import { CheckCircleIcon, PlayCircleIcon } from 'tdesign-icons-react';
import { Alert } from 'tdesign-react/es/alert';
import { Button } from '../../form/button';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { useNotify } from '../../app/notices';
import { Refusal } from '../../form/refusal';
import { grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { columnName } from './kinds';
import { countOf, type Operation } from './operation-state';
import { missingIn, type Order } from './order';
import { ProgressFacts } from './progress-facts';
import { RowsTable } from './rows-table';
import { SaveButton } from './save-button';
import { bulkTexts } from './texts';
import type { UploadedFile } from './upload';
import type { Create } from './use-create';
import { useOperation } from './use-operation';

interface StartStepProps {
  readonly order: Order;
  readonly file: UploadedFile;
  readonly create: Create;
  readonly onStarted: (id: string) => void;
}

const shownAtFields = ['dailyWindow', 'notBefore', 'maxPerSecond', 'maxRowsPerDay', 'onExisting'];

/** Checks the rows, and starts. */
export const StartStep = ({ order, file, create, onStarted }: StartStepProps) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const notify = useNotify();
  const [check, setCheck] = useState<{ readonly id: string; readonly order: Order }>();
  const missing = missingIn(order).map((id) => columnName(id, language));
  const lacks =
    order.cardId === '' ? t.toTemplate : missing.length > 0 ? t.toColumns(missing.join('、')) : undefined;
  const begin = async (dryRun: boolean) => {
    const id = await create.create(dryRun);
    if (id === undefined) return;
    if (dryRun) setCheck({ id, order });
    else {
      notify(t.started);
      onStarted(id);
    }
  };
  return (
    <>
      {/* A check says nothing about an order that was changed since. */}
      {check !== undefined && check.order === order && <CheckResult key={check.id} id={check.id} />}
      <section className="panel start">
        <Refusal mutation={create} fields={shownAtFields} />
        {order.kind === 'INVALIDATE_USER_CARDS' && <Alert theme="warning" message={t.danger} />}
        <div className="actions">
          <Button
            theme="default"
            variant="outline"
            icon={<CheckCircleIcon />}
            disabled={lacks !== undefined || create.isBusy}
            onClick={() => void begin(true)}
          >
            {t.validate}
          </Button>
          <Button
            theme={order.kind === 'INVALIDATE_USER_CARDS' ? 'danger' : 'primary'}
            icon={<PlayCircleIcon />}
            loading={create.isBusy}
            disabled={lacks !== undefined}
            onClick={() => void begin(false)}
          >
            {t.start(grouped(file.rowCount, language))}
          </Button>
        </div>
        <p className={`hint${lacks === undefined ? ' start__hint' : ''}`}>{lacks ?? t.validateHint}</p>
      </section>
    </>
  );
};

const CheckResult = ({ id }: { readonly id: string }) => {
  const query = useOperation(id);
  return (
    <Answered
      query={query}
      pick={({ node }) => (node && 'status' in node ? node : undefined)}
      skeleton={<Skeleton animation="gradient" rowCol={[1, 1, { width: '60%' }]} />}
    >
      {(operation) => <CheckFacts operation={operation} />}
    </Answered>
  );
};

const CheckFacts = ({ operation }: { readonly operation: Operation }) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const { status, failedRowsPath } = operation;
  const bad = countOf(operation, 'FAILED');
  const good = grouped(countOf(operation, 'SUCCEEDED'), language);
  const isOver = status === 'COMPLETED';
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'start' });
  }, [isOver]);
  return (
    <>
      <section className="panel check-result" ref={place}>
        <h2 className="panel__title">{t.validate}</h2>
        {isOver && (
          <Alert
            theme={bad === 0 ? 'success' : 'warning'}
            message={bad === 0 ? t.checkDone(good) : t.checkBad(grouped(bad, language), good)}
          />
        )}
        <ProgressFacts operation={operation} />
        {isOver && bad > 0 && typeof failedRowsPath === 'string' && (
          <div className="actions actions--below">
            <SaveButton path={failedRowsPath} fileName="failed.csv" label={t.failures} />
          </div>
        )}
        <p className="hint">{t.checkNote}</p>
      </section>
      {isOver && bad > 0 && <RowsTable operation={operation} />}
    </>
  );
};
