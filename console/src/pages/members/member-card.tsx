import type { ConsoleCardFragment } from '../../api/documents';
import { useSession } from '../../app/session';
import { CardCode } from '../../card/card-code';
import { CardFace } from '../../card/card-face';
import { validityText } from '../../card/validity';
import { useLanguage, useTexts } from '../../i18n/language';
import { CardActions } from './card-actions';
import { CardFacts } from './card-facts';
import { CardHistory } from './card-history';
import { hasEnded } from './card-state';
import { memberTexts } from './texts';

interface MemberCardProps {
  readonly card: ConsoleCardFragment;
  /** Called with the card as a mutation returned it. */
  readonly onChange: (card: ConsoleCardFragment) => void;
}

/** A card with everything that can be seen of it and done with it. */
export const MemberCard = ({ card, onChange }: MemberCardProps) => {
  const t = useTexts(memberTexts);
  const { language } = useLanguage();
  const { brand } = useSession();
  const { cardTemplate, userCardCode } = card;
  const ended = hasEnded(card);
  return (
    <div className="member">
      <section className="panel member__face">
        <CardFace
          brandName={brand.name}
          title={cardTemplate?.cardTitle ?? card.cardId}
          level={cardTemplate?.needDisplayLevel === false ? undefined : card.level}
          color={card.cardColor ?? cardTemplate?.cardColor}
          pictureUrl={card.cardPictureUrl ?? cardTemplate?.cardPictureUrl}
          note={validityText(card.validDateInformation, t, language)}
          hasEnded={ended}
        />
        {!ended && (
          <CardCode code={userCardCode} codeType={cardTemplate?.codeType} label={t.codeOf(userCardCode)} />
        )}
        <p className="member__code number">{userCardCode}</p>
      </section>
      <div className="member__side">
        <CardFacts card={card} />
        <CardActions card={card} onChange={onChange} />
        <CardHistory card={card} />
      </div>
    </div>
  );
};
