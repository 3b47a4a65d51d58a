import { Tag } from 'tdesign-react/es/tag';
import type { ConsoleAuditEntriesQuery } from '../../api/documents';
import { useSession } from '../../app/session';
import { dateTime, grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { auditTexts } from './texts';

export type Entry = NonNullable<ConsoleAuditEntriesQuery['auditEntries']>['nodes'][number];

interface EntryRowProps {
  readonly entry: Entry;
  /** False: its file was changed before or at this record. */
  readonly isTrusted: boolean;
}

export const EntryRow = ({ entry, isTrusted }: EntryRowProps) => {
  const t = useTexts(auditTexts);
  const { language } = useLanguage();
  const { brands } = useSession();
  const { time, kind, caller, brandId, operation, fields, outcomeState } = entry;
  const { requestIds, wechatMessages, targetHash, fileName, sequence } = entry;
  const brand = brands.find((one) => one.brandId === brandId)?.name;
  const facts: readonly (readonly [string, string])[] = [
    [t.brand, [brand, brandId].filter((part) => typeof part === 'string').join(' ')],
    [t.fields, fields.join(', ')],
    [t.wechat, wechatMessages.join(' ')],
    [t.requestIds, requestIds.join(', ')],
    [t.target, targetHash],
    [t.record, t.line(fileName, grouped(sequence, language))],
  ];
  return (
    <li className="audit-entry">
      <details>
        <summary>
          <time className="audit-entry__time number" dateTime={time}>
            {dateTime(time, language)}
          </time>
          <span className="audit-entry__what">
            {operation} <span className="hint">{caller}</span>
          </span>
          <span className="audit-entry__tags">
            <Tag variant="light" theme={kind === 'WRITE' ? 'default' : 'primary'}>
              {t[kind]}
            </Tag>
            <Outcome entry={entry} />
            {!isTrusted && (
              <Tag variant="light" theme="danger">
                {t.untrusted}
              </Tag>
            )}
          </span>
        </summary>
        {outcomeState !== 'RECORDED' && <p>{t[`${outcomeState}Advice`]}</p>}
        <dl className="audit-entry__facts">
          {facts.map(
            ([name, value]) =>
              value !== '' && (
                <div key={name}>
                  <dt className="hint">{name}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
        </dl>
      </details>
    </li>
  );
};

const Outcome = ({ entry: { outcome, outcomeState } }: Pick<EntryRowProps, 'entry'>) => {
  const t = useTexts(auditTexts);
  if (outcomeState !== 'RECORDED')
    return (
      <Tag variant="light" theme="danger">
        {t[outcomeState]}
      </Tag>
    );
  return (
    <Tag variant="light" theme={outcome === 'OK' ? 'success' : 'warning'}>
      {outcome === 'OK' ? t.OK : outcome}
    </Tag>
  );
};
