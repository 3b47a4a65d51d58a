import { useState } from 'react';
import { ConsoleCardsOfUserDocument, type ConsoleCardFragment } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useSession } from '../../app/session';
import { grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { StateView } from '../../states/state-view';
import { CardFace } from '../../card/card-face';
import { CardSkeleton } from './card-skeleton';
import { MemberCard } from './member-card';
import { memberTexts } from './texts';

/** All cards of a user, by one call. */
export const CardsOfUser = ({ openid }: { readonly openid: string }) => {
  const t = useTexts(memberTexts);
  const { brand } = useSession();
  const query = useAsk(ConsoleCardsOfUserDocument, { brandId: brand.brandId, openid });
  return (
    <Answered
      query={query}
      pick={(data) => data.brand?.userCards}
      skeleton={<CardSkeleton />}
      waitsFor={{ brandId: brand.brandId, interface: 'LIST_USER_CARDS' }}
    >
      {(list) =>
        list.totalCount === 0 ? (
          <StateView kind="empty" title={t.noCards} text={t.noCardsAdvice} />
        ) : (
          <CardChoice cards={list.nodes.filter((card) => card !== null)} total={list.totalCount} />
        )
      }
    </Answered>
  );
};

interface CardChoiceProps {
  readonly cards: readonly ConsoleCardFragment[];
  readonly total: number;
}

/** The user's cards; the chosen one is shown whole. */
const CardChoice = ({ cards, total }: CardChoiceProps) => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const { brand } = useSession();
  const [chosenId, setChosenId] = useState<string>();
  const chosen = cards.find(({ id }) => id === chosenId) ?? cards[0];
  if (chosen === undefined) return null;
  return (
    <>
      {total > 1 && (
        <div className="choice" role="group" aria-label={t.cards(grouped(total, language))}>
          {cards.map((card) => (
            <button
              key={card.id}
              type="button"
              className="choice__card"
              aria-pressed={card.id === chosen.id}
              onClick={() => {
                setChosenId(card.id);
              }}
            >
              <CardFace
                brandName={brand.name}
                title={card.cardTemplate?.cardTitle ?? card.cardId}
                level={card.level}
                color={card.cardColor ?? card.cardTemplate?.cardColor}
                hasEnded={card.userCardState === 'INVALID' || card.userCardState === 'EXPIRED'}
              />
            </button>
          ))}
        </div>
      )}
      <MemberCard key={chosen.id} card={chosen} />
    </>
  );
};
