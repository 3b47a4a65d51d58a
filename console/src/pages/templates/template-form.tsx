import type { FormEvent, ReactNode } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import type { InputError } from '../../api/use-mutation';
import type { Draft } from './draft';
import { CodePart } from './code-part';
import { FacePart } from './face-part';
import { LinksPart } from './links-part';
import { Preview } from './preview';
import { QuestionsPart } from './questions-part';
import { TermsPart } from './terms-part';

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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="editor" onSubmit={submit} noValidate>
      <div className="editor__parts">
        {note !== undefined && <Alert theme="info" message={note} />}
        <fieldset disabled={isDisabled}>
          <FacePart {...part} />
          <TermsPart {...part} />
          <CodePart {...part} />
          <QuestionsPart {...part} />
          <LinksPart {...part} />
        </fieldset>
        {children}
      </div>
      <Preview draft={part.draft} />
    </form>
  );
};
