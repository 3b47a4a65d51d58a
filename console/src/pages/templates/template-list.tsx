import { AddIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { Tag } from 'tdesign-react/es/tag';
import { ConsoleTemplatesDocument } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useMay } from '../../app/permissions';
import { useSession } from '../../app/session';
import { CardFace } from '../../card/card-face';
import { validityText } from '../../card/validity';
import { useLanguage, useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { Answered } from '../../states/answered';
import { StateView } from '../../states/state-view';
import { templateTexts } from './texts';

interface TemplateListProps {
  /** `likeId`: a template in effect whose settings fit a new one too. */
  readonly onNew: (likeId: string | undefined) => void;
  readonly onOpen: (id: string) => void;
}

export const TemplateList = ({ onNew, onOpen }: TemplateListProps) => {
  const t = useTexts(templateTexts);
  const { language } = useLanguage();
  const { brand } = useSession();
  const { brandId } = brand;
  const may = useMay('write');
  const query = useAsk(ConsoleTemplatesDocument, { brandId });
  const list = usePages({
    document: ConsoleTemplatesDocument,
    variables: { brandId },
    query,
    // An element that cannot be read is null; the problems of the answer say why.
    pick: ({ brand: found }) =>
      found?.cardTemplates && {
        ...found.cardTemplates,
        nodes: found.cardTemplates.nodes.filter((template) => template !== null),
      },
    keyOf: ({ id }) => id,
  });
  const create = (
    <Button
      icon={<AddIcon />}
      disabled={!may}
      onClick={() => {
        onNew(list.nodes.find(({ state }) => state === 'EFFECTIVE')?.id);
      }}
    >
      {t.create}
    </Button>
  );
  return (
    <Answered
      query={query}
      pick={(data) => data.brand?.cardTemplates}
      skeleton={
        <div className="templates">
          {[1, 2, 3].map((key) => (
            <Skeleton key={key} animation="gradient" rowCol={[{ height: '150px' }, { width: '60%' }]} />
          ))}
        </div>
      }
      waitsFor={{ brandId, interface: 'LIST_CARD_TEMPLATES' }}
    >
      {({ totalCount }) =>
        totalCount === 0 ? (
          <StateView kind="empty" title={t.none} text={may ? t.noneAdvice : t.readOnly}>
            {create}
          </StateView>
        ) : (
          <>
            <div className="page-tools">
              {create}
              {!may && <p className="hint">{t.readOnly}</p>}
            </div>
            <ul className="templates" aria-label={t.list}>
              {list.nodes.map((template) => (
                <li key={template.id}>
                  <button
                    type="button"
                    className="template"
                    onClick={() => {
                      onOpen(template.id);
                    }}
                  >
                    <CardFace
                      brandName={brand.name}
                      title={template.cardTitle}
                      level={template.needDisplayLevel === true ? template.initLevel : undefined}
                      color={template.cardColor}
                      pictureUrl={template.cardPictureUrl}
                      hasEnded={template.state === 'INVALID'}
                    />
                    <span className="template__facts">
                      <Tag variant="light" theme={template.state === 'EFFECTIVE' ? 'success' : 'default'}>
                        {template.state === 'UNKNOWN' ? (template.stateRaw ?? t.UNKNOWN) : t[template.state]}
                      </Tag>
                      <span className="hint">{validityText(template.validDateInformation, t, language)}</span>
                    </span>
                    <span className="hint template__benefits">{template.benefits}</span>
                  </button>
                </li>
              ))}
            </ul>
            <More list={list} />
          </>
        )
      }
    </Answered>
  );
};
