import { useState } from 'react';
import { ArrowLeftIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { ConsoleCreateTemplateDocument, ConsoleTemplateDetailsDocument } from '../../api/documents';
import { useRequestKeys } from '../../api/request-keys';
import { useAsk } from '../../api/use-ask';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { useSession } from '../../app/session';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import { Answered } from '../../states/answered';
import { createInputOf, draftLike, draftOf, emptyDraft, type Draft } from './draft';
import { shownFields } from './field-errors';
import { FormSkeleton } from './form-skeleton';
import { TemplateForm } from './template-form';
import { templateTexts } from './texts';

interface NewTemplateProps {
  readonly likeId: string | undefined;
  readonly onBack: () => void;
}

export const NewTemplate = ({ likeId, onBack }: NewTemplateProps) => {
  const t = useTexts(templateTexts);
  const { brand } = useSession();
  const like = useAsk(
    ConsoleTemplateDetailsDocument,
    likeId === undefined ? undefined : { by: { id: likeId } },
  );
  return (
    <>
      <Button variant="text" icon={<ArrowLeftIcon />} onClick={onBack}>
        {t.back}
      </Button>
      {likeId === undefined ? (
        <Editor initial={emptyDraft} isTaken={false} onDone={onBack} />
      ) : (
        <Answered
          query={like}
          pick={(data) => data.cardTemplate}
          skeleton={<FormSkeleton />}
          waitsFor={{ brandId: brand.brandId, interface: 'GET_CARD_TEMPLATE' }}
        >
          {(template) => <Editor initial={draftLike(draftOf(template))} isTaken onDone={onBack} />}
        </Answered>
      )}
    </>
  );
};

interface EditorProps {
  readonly initial: Draft;
  /** Some of it was taken from another template. */
  readonly isTaken: boolean;
  readonly onDone: () => void;
}

const Editor = ({ initial, isTaken, onDone }: EditorProps) => {
  const t = useTexts(templateTexts);
  const { brand } = useSession();
  const notify = useNotify();
  const [draft, setDraft] = useState(initial);
  const keyOf = useRequestKeys();
  const mutation = useMutation(ConsoleCreateTemplateDocument, (data) => data.createCardTemplate);
  const create = async () => {
    const input = createInputOf(draft, brand.brandId);
    const payload = await mutation.run({ input: { ...input, outRequestNo: keyOf(input) } });
    if (payload === undefined) return;
    notify(t.created);
    onDone();
  };
  return (
    <TemplateForm
      draft={draft}
      isNew
      isDisabled={false}
      note={isTaken ? t.taken : undefined}
      errors={mutation.inputErrors}
      onChange={(part) => {
        setDraft((last) => ({ ...last, ...part }));
      }}
      onSubmit={() => void create()}
    >
      <Refusal mutation={mutation} fields={shownFields} />
      <Button type="submit" size="large" loading={mutation.isBusy}>
        {t.submit}
      </Button>
    </TemplateForm>
  );
};
