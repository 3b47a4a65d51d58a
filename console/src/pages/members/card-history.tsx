import { ConsoleCardEventsDocument, type ConsoleCardFragment } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { dateTime } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { memberTexts } from './texts';

/** The events of a card that this server has received, the newest first. */
export const CardHistory = ({ card }: { readonly card: ConsoleCardFragment }) => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const query = useAsk(ConsoleCardEventsDocument, {
    brandId: card.brandId,
    filter: { userCard: { id: card.id } },
  });
  return (
    <section className="panel">
      <h2 className="panel__title">{t.history}</h2>
      <Answered
        query={query}
        pick={(data) => data.brand?.userCardEvents}
        skeleton={<Skeleton animation="gradient" rowCol={[{ width: '60%' }]} />}
      >
        {({ nodes }) =>
          nodes.length === 0 ? (
            <p className="hint">{t.noEvents}</p>
          ) : (
            <ol className="history">
              {[...nodes].reverse().map(({ eventId, eventType, eventTypeRaw, createTime }) => (
                <li key={eventId} className="history__event">
                  <span>{eventType === 'UNKNOWN' ? (eventTypeRaw ?? t.otherEvent) : t[eventType]}</span>
                  <time className="hint number" dateTime={createTime ?? undefined}>
                    {dateTime(createTime, language)}
                  </time>
                </li>
              ))}
            </ol>
          )
        }
      </Answered>
    </section>
  );
};
