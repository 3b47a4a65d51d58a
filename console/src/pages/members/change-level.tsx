import { useState } from 'react';
import { Input } from 'tdesign-react/es/input';
import { ConsoleChangeLevelDocument } from '../../api/documents';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { Dialog } from '../../form/dialog';
import { Field } from '../../form/field';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import type { ActionProps } from './action-props';
import { memberTexts } from './texts';

export const ChangeLevel = ({ card, onDone, onClose }: ActionProps) => {
  const t = useTexts(memberTexts);
  const notify = useNotify();
  const [level, setLevel] = useState(card.level ?? '');
  const mutation = useMutation(ConsoleChangeLevelDocument, (data) => data.updateUserCard);
  const save = async () => {
    const payload = await mutation.run({ input: { userCard: { id: card.id }, level } });
    if (!payload?.userCard) return;
    notify(t.levelChanged(payload.userCard.level ?? level));
    onDone(payload.userCard);
  };
  return (
    <Dialog
      title={t.changeLevel}
      confirm={t.save}
      isBusy={mutation.isBusy}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <Field label={t.level} hint={t.levelHint} error={mutation.errorOf('level')}>
        <Input value={level} onChange={setLevel} autofocus />
      </Field>
      <Refusal mutation={mutation} fields={['level']} />
    </Dialog>
  );
};
