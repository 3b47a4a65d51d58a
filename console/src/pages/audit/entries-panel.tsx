import { useState } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleAuditEntriesDocument } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { dateTime, grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { Answered } from '../../states/answered';
import { StateView } from '../../states/state-view';
import { EntryRow, type Entry } from './entry-row';
import { FilterForm } from './filter-form';
import { emptyFilter, inputOf } from './filter';
import { auditTexts } from './texts';
import type { AuditFile } from './verification-panel';

/** The recorded actions, the newest first. `files`: as they were verified. */
export const EntriesPanel = ({ files }: { readonly files: readonly AuditFile[] }) => {
  const t = useTexts(auditTexts);
  const { language } = useLanguage();
  const [filter, setFilter] = useState(emptyFilter);
  const variables = { filter: inputOf(filter) };
  const query = useAsk(ConsoleAuditEntriesDocument, variables);
  const list = usePages({
    document: ConsoleAuditEntriesDocument,
    variables,
    query,
    pick: (data) => data.auditEntries,
    keyOf: ({ recordId }) => recordId,
  });
  const number = (value: number) => grouped(value, language);
  const lines = list.pages.reduce((sum, { unreadableLines }) => sum + unreadableLines, 0);
  const unread = Math.max(0, ...list.pages.map(({ unreadableFiles }) => unreadableFiles));
  const searchedBackTo = list.pages.at(-1)?.searchedBackTo ?? undefined;
  const isTrusted = ({ fileName, sequence }: Entry): boolean => {
    const { state, wrongLine } = files.find((file) => file.fileName === fileName) ?? {};
    return state !== 'TAMPERED' || sequence < (wrongLine ?? 1);
  };
  return (
    <section className="panel">
      <h2 className="panel__title">{t.entries}</h2>
      <FilterForm
        onSearch={(next) => {
          setFilter(next);
          // The same question is asked anew: there may be new records.
          query.again();
        }}
      />
      <Answered
        query={query}
        pick={(data) => data.auditEntries}
        skeleton={<Skeleton animation="gradient" rowCol={[{ height: '48px' }, { height: '48px' }, 1]} />}
      >
        {() => (
          <>
            {lines + unread > 0 && (
              <Alert theme="warning" message={t.unreadable(number(lines), number(unread))} />
            )}
            {list.nodes.length === 0 && !list.hasMore && (
              <StateView kind="empty" title={t.none} text={t.noneAdvice} />
            )}
            {list.nodes.length > 0 && (
              <ul className="audit__entries" aria-label={`${t.entries} · ${t.beijing}`}>
                {list.nodes.map((entry) => (
                  <EntryRow key={entry.recordId} entry={entry} isTrusted={isTrusted(entry)} />
                ))}
              </ul>
            )}
            {searchedBackTo !== undefined && (
              <p className="hint audit__reach" role="status">
                {list.nodes.length === 0
                  ? t.noneYet(dateTime(searchedBackTo, language))
                  : t.searchedBackTo(dateTime(searchedBackTo, language))}
              </p>
            )}
            <More list={list} label={t.goOn} />
          </>
        )}
      </Answered>
    </section>
  );
};
