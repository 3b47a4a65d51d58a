import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import type { InputError } from '../../api/use-mutation';
import { useTexts } from '../../i18n/language';
import type { Draft } from './draft';
import { CodePart } from './code-part';
import { FacePart } from './face-part';
import { LinksPart } from './links-part';
import { Preview } from './preview';
import { QuestionsPart } from './questions-part';
import { TermsPart } from './terms-part';
import { templateTexts } from './texts';

/** What each part of the form gets. */
export interface PartProps {
  readonly draft: Draft;
  /** Some fields can be given at creation only. */
  readonly isNew: boolean;
  readonly errors: readonly InputError[];
  readonly onChange: (part: Partial<Draft>) => void;
}

interface TemplateFormProps extends PartProps {
  readonly isDisabled: boolean;
  readonly note?: string | undefined;
  readonly onSubmit: () => void;
  /** What was refused, and the buttons. */
  readonly children: ReactNode;
}

/** The editor, with the card as it will look. */
export const TemplateForm = ({ isDisabled, note, onSubmit, children, ...part }: TemplateFormProps) => {
  const t = useTexts(templateTexts);
  const form = useRef<HTMLFormElement>(null);
  const { errors } = part;
  useEffect(() => {
    if (errors.length === 0) return;
    const field = form.current?.querySelector('.field__error')?.closest('.field, [role="group"]');
    // The first field that is wrong is often far above the button.
    field?.scrollIntoView({ block: 'center' });
    field?.querySelector<HTMLElement>('input, select, textarea')?.focus({ preventScroll: true });
  }, [errors]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form ref={form} className="editor" onSubmit={submit} noValidate>
      <div className="editor__parts">
        {note !== undefined && <Alert theme="info" message={note} />}
        <fieldset disabled={isDisabled}>
          <FacePart {...part} />
          <TermsPart {...part} />
          <CodePart {...part} />
          <QuestionsPart {...part} />
          <LinksPart {...part} />
        </fieldset>
        {errors.length > 0 && <Alert theme="error" message={t.toMend(String(errors.length))} />}
        {children}
      </div>
      <Preview draft={part.draft} />
    </form>
  );
};
