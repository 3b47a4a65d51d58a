import type { ConsoleCardFragment } from '../../api/documents';
import { CardCode } from '../../card/card-code';
import { CardFace } from '../../card/card-face';
import { useSession } from '../../app/session';

/** A card with everything that can be seen of it and done with it. */
export const MemberCard = ({ card }: { readonly card: ConsoleCardFragment }) => {
  const { brand } = useSession();
  const { cardTemplate } = card;
  return (
    <div className="member">
      <section className="panel member__face">
        <CardFace
          brandName={brand.name}
          title={cardTemplate?.cardTitle ?? card.cardId}
          level={card.level}
          color={card.cardColor ?? cardTemplate?.cardColor}
          pictureUrl={card.cardPictureUrl ?? cardTemplate?.cardPictureUrl}
        />
        <CardCode code={card.userCardCode} codeType={cardTemplate?.codeType} label={card.userCardCode} />
      </section>
      <section className="panel member__facts">{card.phoneNumberMasked}</section>
    </div>
  );
};
