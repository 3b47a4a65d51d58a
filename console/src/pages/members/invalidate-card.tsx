import { useState } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import { Input } from 'tdesign-react/es/input';
import { ConsoleInvalidateCardDocument } from '../../api/documents';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { Dialog } from '../../form/dialog';
import { Field } from '../../form/field';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import type { ActionProps } from './action-props';
import { memberTexts } from './texts';

/** Cannot be undone, so the reader types a part of the code. */
export const InvalidateCard = ({ card, onDone, onClose }: ActionProps) => {
  const t = useTexts(memberTexts);
  const notify = useNotify();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const last = card.userCardCode.slice(-4);
  const mutation = useMutation(ConsoleInvalidateCardDocument, (data) => data.invalidateUserCard);
  const invalidate = async () => {
    const payload = await mutation.run({
      input: {
        userCard: { id: card.id },
        ...(reason.trim() === '' ? {} : { invalidReason: reason }),
      },
    });
    if (!payload?.userCard) return;
    notify(t.invalidated);
    onDone(payload.userCard);
  };
  return (
    <Dialog
      title={t.invalidate}
      confirm={t.invalidate}
      theme="danger"
      isBusy={mutation.isBusy}
      isIncomplete={typed.trim() !== last}
      onConfirm={() => void invalidate()}
      onClose={onClose}
    >
      <Alert theme="warning" message={t.invalidateAdvice} />
      <Field label={t.reason} hint={t.reasonHint} error={mutation.errorOf('invalidReason')}>
        <Input value={reason} onChange={setReason} />
      </Field>
      <Field label={t.typeCode(last)}>
        <Input value={typed} onChange={setTyped} autocomplete="off" spellCheck={false} />
      </Field>
      <Refusal mutation={mutation} fields={['invalidReason']} />
    </Dialog>
  );
};
