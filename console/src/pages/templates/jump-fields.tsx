import { Input } from 'tdesign-react/es/input';
import { Field } from '../../form/field';
import { useTexts } from '../../i18n/language';
import { errorAt } from './field-errors';
import { lengthOf } from './rule-hint';
import type { PartProps } from './template-form';
import { templateTexts } from './texts';

interface JumpFieldsProps extends Omit<PartProps, 'isNew'> {
  readonly name: 'memberInformation' | 'pointsInformation' | 'balanceInformation' | 'codeJumpInformation';
  readonly isRequired?: boolean;
}

/** A page of a mini program that the card opens. */
export const JumpFields = ({ name, isRequired = false, draft, errors, onChange }: JumpFieldsProps) => {
  const t = useTexts(templateTexts);
  return (
    <div role="group" aria-label={t[name]}>
      <p className="field__label">
        {t[name]} {!isRequired && <span className="hint">{t.optionalPart}</span>}
      </p>
      <div className="fields">
        {(['jumpAppid', 'jumpPath'] as const).map((member) => (
          <Field
            key={member}
            label={t[member]}
            error={errorAt(errors, `${name}.${member}`, ...(member === 'jumpAppid' ? [name] : []))}
          >
            <Input
              value={draft[name][member]}
              spellCheck={false}
              {...lengthOf(`MiniProgramJumpInput.${member}`)}
              onChange={(value) => {
                onChange({ [name]: { ...draft[name], [member]: value } });
              }}
            />
          </Field>
        ))}
      </div>
    </div>
  );
};
