import { ConsoleCardEventsDocument, type ConsoleCardFragment } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { dateTime } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { useWhole } from '../../list/use-whole';
import { Answered } from '../../states/answered';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { memberTexts } from './texts';

/** The events of a card that this server has received, the newest first. */
export const CardHistory = ({ card }: { readonly card: ConsoleCardFragment }) => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const variables = { brandId: card.brandId, filter: { userCard: { id: card.id } } };
  const query = useAsk(ConsoleCardEventsDocument, variables);
  const list = usePages({
    document: ConsoleCardEventsDocument,
    variables,
    query,
    pick: (data) => data.brand?.userCardEvents,
    keyOf: ({ eventId }) => eventId,
  });
  // The server lists the oldest first, so the newest are known only when all are.
  useWhole(list);
  return (
    <section className="panel">
      <h2 className="panel__title">{t.history}</h2>
      <Answered
        query={query}
        pick={(data) => data.brand?.userCardEvents}
        skeleton={<Skeleton animation="gradient" rowCol={[{ width: '60%' }]} />}
      >
        {() =>
          list.nodes.length === 0 && !list.hasMore ? (
            <p className="hint">{t.noEvents}</p>
          ) : (
            <>
              <ol className="history">
                {[...list.nodes].reverse().map(({ eventId, eventType, eventTypeRaw, createTime }) => (
                  <li key={eventId} className="history__event">
                    <span>{eventType === 'UNKNOWN' ? (eventTypeRaw ?? t.otherEvent) : t[eventType]}</span>
                    <time className="hint number" dateTime={createTime ?? undefined}>
                      {dateTime(createTime, language)}
                    </time>
                  </li>
                ))}
              </ol>
              <More list={list} />
            </>
          )
        }
      </Answered>
    </section>
  );
};
