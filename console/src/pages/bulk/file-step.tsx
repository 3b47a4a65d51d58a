import { useRef, useState } from 'react';
import { FileIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Progress } from 'tdesign-react/es/progress';
import type { BulkOperationKind } from '../../api/documents';
import type { Problem } from '../../api/problem';
import { upload } from '../../api/transfer';
import { useClient, useSession } from '../../app/session';
import { Field } from '../../form/field';
import { FileDrop } from '../../form/file-drop';
import { Select } from '../../form/inputs';
import { Refusal } from '../../form/refusal';
import { dateTime, grouped, percent } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { kindName, kinds } from './kinds';
import type { Order } from './order';
import { SaveButton } from './save-button';
import { TemplateChoice } from './template-choice';
import { bulkTexts } from './texts';
import type { UploadedFile } from './upload';

interface FileStepProps {
  readonly order: Order;
  readonly onChange: (part: Partial<Order>) => void;
}

export const FileStep = ({ order, onChange }: FileStepProps) => {
  const t = useTexts(bulkTexts);
  return (
    <section className="panel">
      <h2 className="panel__title step" data-step="1">
        {t.stepFile}
      </h2>
      <div className="fields">
        <Field label={t.kind}>
          <Select
            value={order.kind}
            onChange={(event) => {
              onChange({ kind: event.target.value as BulkOperationKind, headers: {}, defaults: {} });
            }}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindName(kind, t)}
              </option>
            ))}
          </Select>
        </Field>
        <TemplateChoice
          cardId={order.cardId}
          onChange={(cardId) => {
            onChange({ cardId });
          }}
        />
      </div>
      <div className="blank" role="group" aria-label={t.blank}>
        <span className="hint">{t.blank}</span>
        {(['xlsx', 'csv'] as const).map((format) => (
          <SaveButton
            key={format}
            path={`/bulk/templates/${order.kind}.${format}`}
            fileName={`${order.kind}.${format}`}
            label={t.blankAs(format.toUpperCase())}
          />
        ))}
      </div>
      <FileUpload order={order} onChange={onChange} />
    </section>
  );
};

const FileUpload = ({ order, onChange }: FileStepProps) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const client = useClient();
  const { brand } = useSession();
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const abort = useRef(new AbortController());
  const send = async (file: File) => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setProblem(undefined);
    setShare(0);
    onChange({ file: undefined, headers: {} });
    const done = await upload<UploadedFile>(client, {
      path: `/bulk/files?brandId=${encodeURIComponent(brand.brandId)}`,
      file,
      onProgress: setShare,
      signal,
    });
    setShare(undefined);
    if (signal.aborted) return;
    if ('problem' in done) setProblem(done.problem);
    else onChange({ file: done.value, fileName: file.name });
  };
  const { file } = order;
  return (
    <>
      {share === undefined ? (
        <FileDrop
          title={file === undefined ? t.drop : t.replaceFile}
          hint={t.dropHint}
          isSmall={file !== undefined}
          accept=".xlsx,.csv,.txt,.jsonl"
          onFile={(chosen) => void send(chosen)}
        />
      ) : (
        <div className="uploading" role="status">
          <Progress percentage={Math.floor(share * 100)} label={false} />
          <p className="hint number">{share < 1 ? t.uploading(percent(share, language)) : t.reading}</p>
          <Button
            variant="text"
            onClick={() => {
              abort.current.abort();
            }}
          >
            {t.abort}
          </Button>
        </div>
      )}
      {problem !== undefined && <Refusal mutation={{ problems: [problem], inputErrors: [] }} />}
      {file !== undefined && (
        <p className="uploaded" role="status">
          <FileIcon size="20px" />
          <strong>{order.fileName}</strong>
          <span className="number">{t.fileRows(grouped(file.rowCount, language))}</span>
          <span className="hint number">{t.fileKept(dateTime(file.expireTime, language))}</span>
        </p>
      )}
    </>
  );
};
