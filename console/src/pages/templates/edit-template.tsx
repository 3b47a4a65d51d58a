import { useState } from 'react';
import { ArrowLeftIcon, DeleteIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Tag } from 'tdesign-react/es/tag';
import { ConsoleTemplateDetailsDocument, ConsoleUpdateTemplateDocument } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { useMay } from '../../app/permissions';
import { useSession } from '../../app/session';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { draftOf, updateInputOf, type Template } from './draft';
import { shownFields } from './field-errors';
import { FormSkeleton } from './form-skeleton';
import { InvalidateTemplate } from './invalidate-template';
import { TemplateForm } from './template-form';
import { templateTexts } from './texts';

interface EditTemplateProps {
  readonly id: string;
  readonly onBack: () => void;
}

export const EditTemplate = ({ id, onBack }: EditTemplateProps) => {
  const t = useTexts(templateTexts);
  const { brand } = useSession();
  const query = useAsk(ConsoleTemplateDetailsDocument, { by: { id } });
  return (
    <>
      <Button variant="text" icon={<ArrowLeftIcon />} onClick={onBack}>
        {t.back}
      </Button>
      <Answered
        query={query}
        pick={(data) => data.cardTemplate}
        skeleton={<FormSkeleton />}
        waitsFor={{ brandId: brand.brandId, interface: 'GET_CARD_TEMPLATE' }}
      >
        {(template) => <Editor template={template} onDone={onBack} />}
      </Answered>
    </>
  );
};

interface EditorProps {
  readonly template: Template;
  readonly onDone: () => void;
}

const Editor = ({ template, onDone }: EditorProps) => {
  const t = useTexts(templateTexts);
  const may = useMay('write');
  const notify = useNotify();
  const before = draftOf(template);
  const [draft, setDraft] = useState(before);
  const [invalidates, setInvalidates] = useState(false);
  const mutation = useMutation(ConsoleUpdateTemplateDocument, (data) => data.updateCardTemplate);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  const hasEnded = template.state === 'INVALID';
  const isFixed = !may || hasEnded;
  const save = async () => {
    const payload = await mutation.run({ input: updateInputOf(draft, before, template.id) });
    if (payload === undefined) return;
    notify(t.saved);
    onDone();
  };
  return (
    <>
      <p className="template-head">
        <Tag variant="light" theme={hasEnded ? 'default' : 'success'}>
          {template.state === 'UNKNOWN' ? (template.stateRaw ?? t.UNKNOWN) : t[template.state]}
        </Tag>
        <span className="hint">{t.templateId(template.cardId)}</span>
      </p>
      <TemplateForm
        draft={draft}
        isNew={false}
        isDisabled={isFixed}
        note={hasEnded ? t.ended : may ? undefined : t.readOnly}
        errors={mutation.inputErrors}
        onChange={(part) => {
          setDraft((last) => ({ ...last, ...part }));
        }}
        onSubmit={() => void save()}
      >
        {!isFixed && (
          <>
            <Refusal mutation={mutation} fields={shownFields} />
            <div className="actions">
              <Button type="submit" size="large" loading={mutation.isBusy} disabled={!isChanged}>
                {t.save}
              </Button>
              <Button
                theme="danger"
                variant="outline"
                size="large"
                icon={<DeleteIcon />}
                onClick={() => {
                  setInvalidates(true);
                }}
              >
                {t.invalidate}
              </Button>
            </div>
          </>
        )}
      </TemplateForm>
      {invalidates && (
        <InvalidateTemplate
          template={template}
          onDone={onDone}
          onClose={() => {
            setInvalidates(false);
          }}
        />
      )}
    </>
  );
};
