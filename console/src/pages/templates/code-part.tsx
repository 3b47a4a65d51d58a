import type { CodeMode, CodeType } from '../../api/documents';
import { Field } from '../../form/field';
import { Select } from '../../form/inputs';
import { useTexts } from '../../i18n/language';
import { JumpFields } from './jump-fields';
import type { PartProps } from './template-form';
import { templateTexts } from './texts';

const modes: readonly CodeMode[] = ['SYSTEM_ALLOCATE', 'MERCHANT_ALLOCATE'];
const types: readonly CodeType[] = [
  'QR_CODE',
  'BAR_CODE',
  'BAR_CODE_AND_QR_CODE',
  'JUMP_MINI_PROGRAM',
  'NONE_CODE',
];

/** Both are decided at creation. */
export const CodePart = ({ draft, isNew, errors, onChange }: PartProps) => {
  const t = useTexts(templateTexts);
  return (
    <section className="panel">
      <h2 className="panel__title">{t.code}</h2>
      <div className="fields">
        <Field label={t.codeType} hint={t.fixed}>
          <Select
            value={draft.codeType}
            disabled={!isNew}
            onChange={(event) => {
              onChange({ codeType: event.target.value as CodeType });
            }}
          >
            {types.map((type) => (
              <option key={type} value={type}>
                {t[type]}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t.codeMode} hint={t.fixed}>
          <Select
            value={draft.codeMode}
            disabled={!isNew}
            onChange={(event) => {
              onChange({ codeMode: event.target.value as CodeMode });
            }}
          >
            {modes.map((mode) => (
              <option key={mode} value={mode}>
                {t[mode]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {draft.codeType === 'JUMP_MINI_PROGRAM' && (
        <JumpFields name="codeJumpInformation" isRequired draft={draft} errors={errors} onChange={onChange} />
      )}
    </section>
  );
};
