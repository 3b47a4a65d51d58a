import { useState } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import { Input } from 'tdesign-react/es/input';
import { ConsoleInvalidateTemplateDocument } from '../../api/documents';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { Dialog } from '../../form/dialog';
import { Field } from '../../form/field';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import type { Template } from './draft';
import { templateTexts } from './texts';

interface InvalidateTemplateProps {
  readonly template: Template;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Cannot be undone, so the reader types the card's name. */
export const InvalidateTemplate = ({ template, onDone, onClose }: InvalidateTemplateProps) => {
  const t = useTexts(templateTexts);
  const notify = useNotify();
  const [typed, setTyped] = useState('');
  const mutation = useMutation(ConsoleInvalidateTemplateDocument, (data) => data.invalidateCardTemplate);
  const invalidate = async () => {
    const payload = await mutation.run({ input: { cardTemplate: { id: template.id } } });
    if (payload === undefined) return;
    notify(t.invalidated);
    onDone();
  };
  return (
    <Dialog
      title={t.invalidate}
      confirm={t.invalidate}
      theme="danger"
      isBusy={mutation.isBusy}
      isIncomplete={typed.trim() !== template.cardTitle}
      onConfirm={() => void invalidate()}
      onClose={onClose}
    >
      <Alert theme="warning" message={t.invalidateAdvice} />
      <Field label={t.typeTitle(template.cardTitle)}>
        <Input value={typed} onChange={setTyped} autocomplete="off" spellCheck={false} />
      </Field>
      <Refusal mutation={mutation} />
    </Dialog>
  );
};
