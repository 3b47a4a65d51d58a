import { useState } from 'react';
import { ConsoleCardsOfUserDocument, type ConsoleCardFragment } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useSession } from '../../app/session';
import { CardFace } from '../../card/card-face';
import { grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { Answered } from '../../states/answered';
import { StateView } from '../../states/state-view';
import { CardSkeleton } from './card-skeleton';
import { hasEnded } from './card-state';
import { MemberCard } from './member-card';
import { memberTexts } from './texts';

/** All cards of a user, by one call. */
export const CardsOfUser = ({ openid }: { readonly openid: string }) => {
  const t = useTexts(memberTexts);
  const { brand } = useSession();
  const variables = { brandId: brand.brandId, openid };
  const query = useAsk(ConsoleCardsOfUserDocument, variables);
  const list = usePages({
    document: ConsoleCardsOfUserDocument,
    variables,
    query,
    pick: ({ brand: found }) =>
      found?.userCards && {
        ...found.userCards,
        nodes: found.userCards.nodes.filter((card) => card !== null),
      },
    keyOf: ({ id }) => id,
  });
  return (
    <Answered
      query={query}
      pick={(data) => data.brand?.userCards}
      skeleton={<CardSkeleton />}
      waitsFor={{ brandId: brand.brandId, interface: 'LIST_USER_CARDS' }}
    >
      {({ totalCount }) =>
        totalCount === 0 ? (
          <StateView kind="empty" title={t.noCards} text={t.noCardsAdvice} />
        ) : (
          <>
            <CardChoice cards={list.nodes} />
            <More list={list} label={t.moreCards} />
          </>
        )
      }
    </Answered>
  );
};

/** The user's cards, those that are valid first; the chosen one is shown whole. */
const CardChoice = ({ cards: answered }: { readonly cards: readonly ConsoleCardFragment[] }) => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const { brand } = useSession();
  const [chosenIndex, setChosenIndex] = useState(0);
  /** As mutations returned them, by the id that the list has. */
  const [changed, setChanged] = useState<Readonly<Record<string, ConsoleCardFragment>>>({});
  const sorted = [...answered].sort((a, b) => Number(hasEnded(a)) - Number(hasEnded(b)));
  const cards = sorted.map((card) => changed[card.id] ?? card);
  const former = sorted[chosenIndex] ?? sorted[0];
  if (former === undefined) return null;
  const chosen = changed[former.id] ?? former;
  return (
    <>
      {cards.length > 1 && (
        <div className="choice" role="group" aria-label={t.cards(grouped(cards.length, language))}>
          {cards.map((card, index) => (
            <button
              key={card.id}
              type="button"
              className="choice__card"
              aria-pressed={card === chosen}
              onClick={() => {
                setChosenIndex(index);
              }}
            >
              <CardFace
                brandName={brand.name}
                title={card.cardTemplate?.cardTitle ?? card.cardId}
                level={card.level}
                color={card.cardColor ?? card.cardTemplate?.cardColor}
                hasEnded={hasEnded(card)}
              />
            </button>
          ))}
        </div>
      )}
      <MemberCard
        key={chosen.id}
        card={chosen}
        onChange={(card) => {
          setChanged({ ...changed, [former.id]: card });
        }}
      />
    </>
  );
};
