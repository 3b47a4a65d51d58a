import { useSession } from '../../app/session';
import { CardCode } from '../../card/card-code';
import { CardFace } from '../../card/card-face';
import { validityText } from '../../card/validity';
import { useLanguage, useTexts } from '../../i18n/language';
import type { Draft } from './draft';
import { localPicture } from './local-pictures';
import { templateTexts } from './texts';

const sample = '100100200300';
const types = { permanent: 'PERMANENT', fixTerm: 'FIX_TERM', fixTimeRange: 'FIX_TIME_RANGE' } as const;

/** The card as members will see it, while somebody types. */
export const Preview = ({ draft }: { readonly draft: Draft }) => {
  const t = useTexts(templateTexts);
  const { language } = useLanguage();
  const { brand } = useSession();
  const { validity, days, begin, end } = draft;
  const validityNote = validityText(
    {
      type: types[validity],
      availableDayAfterReceive: validity === 'fixTerm' && days !== '' ? Number(days) : null,
      availableBeginTime: begin === '' ? null : begin,
      availableEndTime: end === '' ? null : end,
    },
    t,
    language,
  );
  return (
    <aside className="panel editor__preview" aria-label={t.preview}>
      <h2 className="panel__title">{t.preview}</h2>
      <CardFace
        key={draft.cardPictureUrl}
        brandName={brand.name}
        title={draft.cardTitle === '' ? t.sampleTitle : draft.cardTitle}
        level={draft.needDisplayLevel ? draft.initLevel : undefined}
        color={draft.cardColor}
        pictureUrl={localPicture(draft.cardPictureUrl)}
      />
      <CardCode code={sample} codeType={draft.codeType} label={t.sampleCode} />
      <dl className="preview-facts">
        {draft.benefits !== '' && (
          <>
            <dt>{t.benefits}</dt>
            <dd>{draft.benefits}</dd>
          </>
        )}
        <dt>{t.validity}</dt>
        <dd>{validityNote}</dd>
        {draft.servicePhone !== '' && (
          <>
            <dt>{t.servicePhone}</dt>
            <dd>{draft.servicePhone}</dd>
          </>
        )}
      </dl>
      <p className="hint">{t.previewHint}</p>
    </aside>
  );
};
