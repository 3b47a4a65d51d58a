import type { ReactNode } from 'react';
import { Tag } from 'tdesign-react/es/tag';
import type { ConsoleCardFragment } from '../../api/documents';
import { validityText } from '../../card/validity';
import { dateTime } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { CardState } from './card-state';
import { PhoneNumber } from './phone-number';
import { memberTexts } from './texts';

/** What is known of a card. */
export const CardFacts = ({ card }: { readonly card: ConsoleCardFragment }) => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const at = (value: string | null | undefined) => dateTime(value, language);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.state, <CardState key="state" card={card} />],
    [t.level, card.level ?? t.noLevel],
    [t.phone, <PhoneNumber key="phone" card={card} />],
    [t.openid, card.openid],
    [t.template, card.cardTemplate?.cardTitle ?? card.cardId],
    [t.validity, validityText(card.validDateInformation, t, language)],
    [t.pickup, at(card.pickupTime)],
    [t.invalidTime, at(card.invalidTime)],
    [t.invalidReason, card.invalidReason],
    [
      t.fetched,
      <span key="fetched">
        {at(card.fetchedAt)}{' '}
        {card.stale && (
          <Tag size="small" theme="warning" variant="light">
            {t.stale}
          </Tag>
        )}
      </span>,
    ],
  ];
  return (
    <section className="panel">
      <h2 className="panel__title">
        {t.facts} <span className="hint">{t.beijing}</span>
      </h2>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== '' && value !== null && value !== undefined)
          .map(([name, value]) => (
            <div key={name} className="facts__row">
              <dt>{name}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
};
