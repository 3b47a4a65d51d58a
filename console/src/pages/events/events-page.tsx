import { useState } from 'react';
import { PauseCircleIcon, PlayCircleIcon } from 'tdesign-icons-react';
import { Alert } from 'tdesign-react/es/alert';
import { Button } from '../../form/button';
import { Select } from 'tdesign-react/es/select';
import { Tag } from 'tdesign-react/es/tag';
import type { ConsoleEventFragment, UserCardEventType } from '../../api/documents';
import { openMember } from '../../app/hand-over';
import { useSession } from '../../app/session';
import { settings } from '../../app/settings';
import { Field } from '../../form/field';
import { dateTime } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { ProblemView } from '../../states/problem-view';
import { StateView } from '../../states/state-view';
import { Simulation } from './simulation';
import { eventTexts } from './texts';
import { useEvents } from './use-events';
import './events.css';

const types = [
  'USER_CARD_CREATE',
  'USER_CARD_DELETE',
  'POINT_EXCHANGE_COUPON',
  'SYNC_USER_POINT',
] as const satisfies readonly UserCardEventType[];

const isType = (value: unknown): value is UserCardEventType => types.some((type) => type === value);

const themes = {
  USER_CARD_CREATE: 'success',
  USER_CARD_DELETE: 'danger',
  POINT_EXCHANGE_COUPON: 'primary',
  SYNC_USER_POINT: 'primary',
  UNKNOWN: 'default',
} as const;

/** What happens to the brand's cards, as it happens. */
const EventsPage = () => {
  const t = useTexts(eventTexts);
  const { brand } = useSession();
  const [type, setType] = useState<UserCardEventType>();
  const [from, setFrom] = useState<'now' | 'stored'>('now');
  const [isPaused, setIsPaused] = useState(false);
  const { state, events, problem, hasGap } = useEvents({
    brandId: brand.brandId,
    types: type === undefined ? [] : [type],
    from,
    isPaused,
  });
  return (
    <div className="events">
      {settings.canSimulate && <Simulation />}
      <section className="panel">
        <div className="events__bar">
          <p className={`live live--${state}`} role="status">
            <span className="live__dot" aria-hidden />
            {t[state]}
          </p>
          <div className="events__tools">
            <Field label={t.filter} isLabelHidden>
              <Select
                value={type ?? 'all'}
                options={[
                  { value: 'all', label: t.all },
                  ...types.map((one) => ({ value: one, label: t[one] })),
                ]}
                onChange={(value) => {
                  setType(isType(value) ? value : undefined);
                }}
              />
            </Field>
            <Button
              theme="default"
              variant="outline"
              onClick={() => {
                setFrom(from === 'now' ? 'stored' : 'now');
              }}
            >
              {from === 'now' ? t.stored : t.fromNow}
            </Button>
            <Button
              theme="default"
              variant="outline"
              icon={isPaused ? <PlayCircleIcon /> : <PauseCircleIcon />}
              onClick={() => {
                setIsPaused(!isPaused);
              }}
            >
              {isPaused ? t.resume : t.pause}
            </Button>
          </div>
        </div>
        {hasGap && <Alert theme="warning" message={t.gap} />}
        {problem !== undefined && events.length === 0 && <ProblemView problem={problem} />}
        {problem === undefined && events.length === 0 && (
          <StateView kind="empty" title={t.empty} text={t.emptyAdvice} />
        )}
        {events.length > 0 && (
          <ul className="events__list" aria-label={`${t.events} (${t.time})`}>
            {events.map((event) => (
              <EventRow key={event.eventId} event={event} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
};

const EventRow = ({ event }: { readonly event: ConsoleEventFragment }) => {
  const t = useTexts(eventTexts);
  const { language } = useLanguage();
  const { eventType, eventTypeRaw, createTime, openid, userCardCode } = event;
  return (
    <li className="event">
      <time className="event__time number" dateTime={createTime ?? undefined}>
        {dateTime(createTime, language)}
      </time>
      <Tag theme={themes[eventType]} variant="light">
        {eventType === 'UNKNOWN' ? (eventTypeRaw ?? t.UNKNOWN) : t[eventType]}
      </Tag>
      <span className="event__card">
        <span className="number">{userCardCode ?? t.noCode}</span>
        <span className="hint">{openid}</span>
      </span>
      {typeof openid === 'string' && (
        <Button
          variant="text"
          theme="primary"
          size="small"
          onClick={() => {
            openMember({ by: 'openid', value: openid });
          }}
        >
          {t.look}
        </Button>
      )}
    </li>
  );
};

export default EventsPage;
