import { Skeleton } from 'tdesign-react/es/skeleton';
import { Tag } from 'tdesign-react/es/tag';
import type { ConsoleAuditVerificationQuery } from '../../api/documents';
import type { Query } from '../../api/use-ask';
import { Button } from '../../form/button';
import { dateTime, grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import type { Pages } from '../../list/use-pages';
import { Answered } from '../../states/answered';
import { auditTexts } from './texts';

type Verification = NonNullable<ConsoleAuditVerificationQuery['auditVerification']>;
export type AuditFile = Verification['files'][number];

interface VerificationPanelProps {
  readonly query: Query<ConsoleAuditVerificationQuery>;
  readonly list: Pages<AuditFile>;
}

const themes = {
  WHOLE: 'success',
  OPEN: 'success',
  TORN: 'success',
  TAMPERED: 'danger',
  UNKNOWN_KEY: 'warning',
  UNREADABLE: 'warning',
  UNCHECKED: 'warning',
} as const;

const isGood = ({ state }: AuditFile): boolean => themes[state] === 'success';

/** Whether the audit files are as they were written. */
export const VerificationPanel = ({ query, list }: VerificationPanelProps) => {
  const t = useTexts(auditTexts);
  const { language } = useLanguage();
  return (
    <section className="panel">
      <div className="audit__head">
        <h2 className="panel__title">{t.verification}</h2>
        <Button variant="text" theme="primary" size="small" onClick={query.again}>
          {t.verifyAgain}
        </Button>
      </div>
      <Answered
        query={query}
        pick={(data) => data.auditVerification}
        skeleton={<Skeleton animation="gradient" rowCol={[{ width: '40%' }, 1]} />}
      >
        {({ fileCount }) => (
          <>
            <Verdict files={list.nodes} />
            <details className="audit__files" open={!list.nodes.every(isGood)}>
              <summary>
                {t.files} · {t.filesShown(grouped(list.nodes.length, language), grouped(fileCount, language))}
              </summary>
              <ul>
                {list.nodes.map((file) => (
                  <FileRow key={file.fileName} file={file} />
                ))}
              </ul>
            </details>
            <More list={list} label={t.verifyEarlier} />
          </>
        )}
      </Answered>
    </section>
  );
};

const Verdict = ({ files }: { readonly files: readonly AuditFile[] }) => {
  const t = useTexts(auditTexts);
  const { language } = useLanguage();
  const number = (value: number) => grouped(value, language);
  const broken = files.filter(({ state }) => state === 'TAMPERED');
  const unknown = files.filter((file) => !isGood(file) && file.state !== 'TAMPERED');
  const isVerified = files.length > 0 && unknown.length === 0;
  const state = broken.length > 0 ? 'BROKEN' : isVerified ? 'INTACT' : 'UNKNOWN';
  return (
    <div role="status">
      <p className="audit__verdict">
        <Tag
          theme={state === 'INTACT' ? 'success' : state === 'BROKEN' ? 'danger' : 'warning'}
          variant="light"
        >
          {t[state]}
        </Tag>
        {state === 'INTACT' && <span>{t.intact(number(files.length))}</span>}
      </p>
      {broken.map(({ fileName, wrongLine }) => (
        <p key={fileName} className="audit__broken">
          {t.broken(fileName, number(wrongLine ?? 1))}
        </p>
      ))}
      {unknown.length > 0 && <p>{t.unknown(number(unknown.length))}</p>}
      {files.length === 0 && <p>{t.noFiles}</p>}
      <p className="hint">
        {t.limits}
        {language === 'en' && ' '}
        {t.processOnly}
      </p>
    </div>
  );
};

const FileRow = ({ file }: { readonly file: AuditFile }) => {
  const t = useTexts(auditTexts);
  const { language } = useLanguage();
  const { fileName, beginTime, state, goodRecords } = file;
  const count = grouped(goodRecords, language);
  const advice =
    state === 'UNKNOWN_KEY' ? t.UNKNOWN_KEYAdvice : state === 'UNCHECKED' ? t.UNCHECKEDAdvice : undefined;
  return (
    <li className="audit-file">
      <span className="audit-file__name">{fileName}</span>
      <Tag theme={themes[state]} variant="light" size="small">
        {t[state]}
      </Tag>
      <span className="hint number">
        {dateTime(beginTime, language)}
        {isGood(file) && ` · ${t.records(count)}`}
        {state === 'TAMPERED' && ` · ${t.goodUntil(count)}`}
      </span>
      {advice !== undefined && <p className="hint">{advice}</p>}
    </li>
  );
};
