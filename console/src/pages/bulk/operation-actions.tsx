import { useState } from 'react';
import { CloseCircleIcon, PauseCircleIcon, PlayCircleIcon, RefreshIcon } from 'tdesign-icons-react';
import { Alert } from 'tdesign-react/es/alert';
import { Button } from '../../form/button';
import {
  ConsoleBulkCancelDocument,
  ConsoleBulkPauseDocument,
  ConsoleBulkResumeDocument,
  ConsoleBulkRetryDocument,
} from '../../api/documents';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { useMay } from '../../app/permissions';
import { Dialog } from '../../form/dialog';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import { canCancel, countOf, isActive, type Operation } from './operation-state';
import { bulkTexts } from './texts';

interface OperationActionsProps {
  readonly operation: Operation;
  readonly onChange: () => void;
}

/** What can be done with an operation in its state. */
export const OperationActions = ({ operation, onChange }: OperationActionsProps) => {
  const t = useTexts(bulkTexts);
  const may = useMay('write');
  const notify = useNotify();
  const [asks, setAsks] = useState(false);
  const pause = useMutation(ConsoleBulkPauseDocument, (data) => data.bulkOperationPause);
  const resume = useMutation(ConsoleBulkResumeDocument, (data) => data.bulkOperationResume);
  const cancel = useMutation(ConsoleBulkCancelDocument, (data) => data.bulkOperationCancel);
  const retry = useMutation(ConsoleBulkRetryDocument, (data) => data.bulkOperationRetry);
  const input = { bulkOperation: { id: operation.id } };
  const settle = async (
    done: Promise<{ readonly bulkOperation?: Operation | null } | undefined>,
    textOf: (operation: Operation | null | undefined) => string,
  ) => {
    const payload = await done;
    if (payload === undefined) return;
    setAsks(false);
    notify(textOf(payload.bulkOperation));
    onChange();
  };
  // Rows whose values cannot be read stay as they are; if there are no others, nothing goes on.
  const retriedText = (after: Operation | null | undefined) =>
    after?.status === 'COMPLETED' ? t.nothingToRetry : t.retried;
  if (!may) return <p className="hint actions__hint">{t.readOnly}</p>;
  const canRetry = (state: 'FAILED' | 'UNKNOWN') =>
    !operation.order.dryRun && operation.status === 'COMPLETED' && countOf(operation, state) > 0;
  return (
    <>
      <div className="actions actions--below">
        {isActive(operation) && (
          <Button
            theme="default"
            variant="outline"
            icon={<PauseCircleIcon />}
            loading={pause.isBusy}
            onClick={() => void settle(pause.run({ input }), () => t.paused)}
          >
            {t.pause}
          </Button>
        )}
        {operation.status === 'PAUSED' && (
          <Button
            icon={<PlayCircleIcon />}
            loading={resume.isBusy}
            onClick={() => void settle(resume.run({ input }), () => t.resumed)}
          >
            {t.resume}
          </Button>
        )}
        {canCancel(operation) && (
          <Button
            theme="danger"
            variant="outline"
            icon={<CloseCircleIcon />}
            onClick={() => {
              setAsks(true);
            }}
          >
            {t.cancel}
          </Button>
        )}
        {(['UNKNOWN', 'FAILED'] as const).filter(canRetry).map((state) => (
          <Button
            key={state}
            theme="default"
            variant="outline"
            icon={<RefreshIcon />}
            loading={retry.isBusy}
            onClick={() => void settle(retry.run({ input: { ...input, states: [state] } }), retriedText)}
          >
            {state === 'FAILED' ? t.retryFailed : t.retryUnknown}
          </Button>
        ))}
      </div>
      {[pause, resume, retry].map((mutation, index) => (
        <Refusal key={index} mutation={mutation} />
      ))}
      {asks && (
        <Dialog
          title={t.cancel}
          confirm={t.cancel}
          theme="danger"
          isBusy={cancel.isBusy}
          onConfirm={() => void settle(cancel.run({ input }), () => t.canceled)}
          onClose={() => {
            setAsks(false);
          }}
        >
          <Alert theme="warning" message={t.cancelAdvice} />
          <Refusal mutation={cancel} />
        </Dialog>
      )}
    </>
  );
};
