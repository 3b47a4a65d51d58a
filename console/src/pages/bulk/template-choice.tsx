import { useEffect } from 'react';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { ConsoleBulkTemplatesDocument } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useSession } from '../../app/session';
import { Field } from '../../form/field';
import { Select } from '../../form/inputs';
import { useTexts } from '../../i18n/language';
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
  const { asked } = query;
  const nodes = asked.state === 'idle' ? undefined : asked.data?.brand?.cardTemplates?.nodes;
  const [only, another] = nodes ?? [];
  const given = another === undefined ? only?.cardId : undefined;
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
      {(templates) => (
        <Field label={t.template} hint={templates.nodes.length === 0 ? t.noTemplate : undefined}>
          <Select
            value={cardId}
            onChange={(event) => {
              onChange(event.target.value);
            }}
          >
            <option value="">{t.chooseTemplate}</option>
            {templates.nodes.map(
              (template) =>
                template && (
                  <option key={template.id} value={template.cardId}>
                    {template.cardTitle} · {template.cardId.slice(-6)}
                  </option>
                ),
            )}
          </Select>
        </Field>
      )}
    </Answered>
  );
};
