import { useState } from 'react';
import {
  ConsoleDirectoryCoverageDocument,
  ConsoleFindCardDocument,
  type ConsoleCardFragment,
} from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useSession } from '../../app/session';
import { dateTime, grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { StateView } from '../../states/state-view';
import { CardSkeleton } from './card-skeleton';
import { MemberCard } from './member-card';
import { memberTexts } from './texts';

interface FoundCardProps {
  readonly by: 'code' | 'phone';
  readonly value: string;
}

/** A card that the members' directory knows by its code or its phone number. */
export const FoundCard = ({ by, value }: FoundCardProps) => {
  const t = useTexts(memberTexts);
  const { brand } = useSession();
  const { brandId } = brand;
  const query = useAsk(ConsoleFindCardDocument, {
    brandId,
    by: by === 'code' ? { userCardCode: value } : { phoneNumber: value },
  });
  return (
    <Answered
      query={query}
      // Null without a problem means that the directory has no such card.
      pick={({ brand: found }, problems) =>
        found && (found.findUserCard || problems.length === 0) ? { card: found.findUserCard } : undefined
      }
      skeleton={<CardSkeleton />}
      waitsFor={{ brandId, interface: 'GET_USER_CARD' }}
    >
      {({ card }) =>
        card ? (
          <Found key={card.id} card={card} />
        ) : (
          <StateView kind="empty" title={t.notKnown} text={t.notKnownAdvice} details={<Coverage />} />
        )
      }
    </Answered>
  );
};

/** The card as it was found, or as the last mutation returned it. */
const Found = ({ card: found }: { readonly card: ConsoleCardFragment }) => {
  const [card, setCard] = useState(found);
  return <MemberCard key={card.id} card={card} onChange={setCard} />;
};

/** How much the directory can know. */
const Coverage = () => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const { brand } = useSession();
  const { asked } = useAsk(ConsoleDirectoryCoverageDocument, { brandId: brand.brandId });
  const known = asked.state === 'idle' ? undefined : asked.data?.brand?.knownUserCards;
  if (!known) return null;
  const { since, complete } = known.coverage;
  const count = grouped(known.knownCount, language);
  return (
    <>
      {since === null || since === undefined
        ? t.coverageNew(count)
        : t.coverage(count, dateTime(since, language))}
      {!complete && ` ${t.incomplete}`}
    </>
  );
};
