import { useEffect } from 'react';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleBulkTemplatesDocument } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useSession } from '../../app/session';
import { Field } from '../../form/field';
import { Select } from '../../form/inputs';
import { useTexts } from '../../i18n/language';
import { More } from '../../list/more';
import { usePages } from '../../list/use-pages';
import { useWhole } from '../../list/use-whole';
import { Answered } from '../../states/answered';
import { bulkTexts } from './texts';

interface TemplateChoiceProps {
  readonly cardId: string;
  readonly onChange: (cardId: string) => void;
}

/** The template of all rows. The only one of a brand is chosen already; of several, none is: a wrong one would be hard to undo. */
export const TemplateChoice = ({ cardId, onChange }: TemplateChoiceProps) => {
  const t = useTexts(bulkTexts);
  const { brand } = useSession();
  const { brandId } = brand;
  const query = useAsk(ConsoleBulkTemplatesDocument, { brandId });
  const list = usePages({
    document: ConsoleBulkTemplatesDocument,
    variables: { brandId },
    query,
    pick: ({ brand: found }) =>
      found?.cardTemplates && {
        ...found.cardTemplates,
        nodes: found.cardTemplates.nodes.filter((template) => template !== null),
      },
    keyOf: ({ id }) => id,
  });
  useWhole(list);
  const [only, another] = list.nodes;
  const given = another === undefined && !list.hasMore ? only?.cardId : undefined;
  useEffect(() => {
    if (cardId === '' && given !== undefined) onChange(given);
    // Chosen once, when the templates are known.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [given]);
  return (
    <Answered
      query={query}
      pick={(data) => data.brand?.cardTemplates}
      skeleton={<Skeleton animation="gradient" rowCol={[{ height: '60px' }]} />}
      waitsFor={{ brandId, interface: 'LIST_CARD_TEMPLATES' }}
    >
      {() => (
        <div>
          <Field
            label={t.template}
            hint={list.nodes.length === 0 && !list.hasMore ? t.noTemplate : undefined}
          >
            <Select
              value={cardId}
              onChange={(event) => {
                onChange(event.target.value);
              }}
            >
              <option value="">{t.chooseTemplate}</option>
              {list.nodes.map(({ id, cardId: own, cardTitle }) => (
                <option key={id} value={own}>
                  {cardTitle} · {own.slice(-6)}
                </option>
              ))}
            </Select>
          </Field>
          <More list={list} />
        </div>
      )}
    </Answered>
  );
};
