import { useState } from 'react';
import { Input } from 'tdesign-react/es/input';
import { Radio } from 'tdesign-react/es/radio';
import { ConsoleConfirmOpeningDocument, type UserCardConfirmState } from '../../api/documents';
import { useMutation } from '../../api/use-mutation';
import { useNotify } from '../../app/notices';
import { Dialog } from '../../form/dialog';
import { Field } from '../../form/field';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import type { ActionProps } from './action-props';
import { memberTexts } from './texts';

const decisions: readonly UserCardConfirmState[] = ['SUCCESS', 'FAIL', 'ALREADY_EXISTS'];

export const ConfirmOpening = ({ card, onDone, onClose }: ActionProps) => {
  const t = useTexts(memberTexts);
  const notify = useNotify();
  const { brandId, cardId, openid, cardTemplate } = card;
  const [decision, setDecision] = useState<UserCardConfirmState>('SUCCESS');
  const [level, setLevel] = useState(card.level ?? cardTemplate?.initLevel ?? '');
  const [code, setCode] = useState(card.userCardCode);
  const mutation = useMutation(ConsoleConfirmOpeningDocument, (data) => data.confirmUserCard);
  const confirm = async () => {
    const payload = await mutation.run({
      input: {
        userCard: { key: { brandId, cardId, openid, userCardCode: code.trim() } },
        userCardConfirmState: decision,
        ...(decision === 'SUCCESS' && level !== '' ? { level } : {}),
      },
    });
    if (!payload?.userCard) return;
    notify(t.confirmed);
    onDone(payload.userCard);
  };
  return (
    <Dialog
      title={t.confirmOpening}
      confirm={t[decision]}
      theme={decision === 'FAIL' ? 'danger' : 'primary'}
      isBusy={mutation.isBusy}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <fieldset className="decision">
        <legend className="field__label">{t.decision}</legend>
        <Radio.Group value={decision} onChange={setDecision}>
          {decisions.map((one) => (
            <Radio key={one} value={one}>
              {t[one]}
            </Radio>
          ))}
        </Radio.Group>
      </fieldset>
      {cardTemplate?.codeMode === 'MERCHANT_ALLOCATE' && decision !== 'FAIL' && (
        <Field label={t.newCode} hint={t.newCodeHint} error={mutation.errorOf('userCardCode')}>
          <Input value={code} onChange={setCode} autocomplete="off" spellCheck={false} />
        </Field>
      )}
      {decision === 'SUCCESS' && (
        <Field label={t.level} hint={t.levelHint} error={mutation.errorOf('level')}>
          <Input value={level} onChange={setLevel} />
        </Field>
      )}
      <Refusal mutation={mutation} fields={['level', 'userCardCode']} />
    </Dialog>
  );
};
