import { Input } from 'tdesign-react/es/input';
import { Field } from '../../form/field';
import { useLanguage, useTexts } from '../../i18n/language';
import { errorAt } from './field-errors';
import { JumpFields } from './jump-fields';
import { lengthOf, ruleHint } from './rule-hint';
import type { PartProps } from './template-form';
import { templateTexts } from './texts';

export const LinksPart = ({ isNew, ...part }: PartProps) => {
  const t = useTexts(templateTexts);
  const { language } = useLanguage();
  const { draft, errors, onChange } = part;
  return (
    <section className="panel">
      <h2 className="panel__title">{t.links}</h2>
      <Field label={t.appid} hint={isNew ? t.appidHint : t.fixed} error={errorAt(errors, 'appid')}>
        <Input
          value={draft.appid}
          disabled={!isNew}
          spellCheck={false}
          {...lengthOf('CreateCardTemplateInput.appid')}
          onChange={(appid) => {
            onChange({ appid });
          }}
        />
      </Field>
      <Field
        label={t.notifyUrl}
        hint={ruleHint('CreateCardTemplateInput.notifyUrl', language)}
        error={errorAt(errors, 'notifyUrl')}
      >
        <Input
          value={draft.notifyUrl}
          spellCheck={false}
          placeholder="https://"
          onChange={(notifyUrl) => {
            onChange({ notifyUrl });
          }}
        />
      </Field>
      <JumpFields name="memberInformation" isRequired {...part} />
      <JumpFields name="pointsInformation" {...part} />
      <JumpFields name="balanceInformation" {...part} />
    </section>
  );
};
