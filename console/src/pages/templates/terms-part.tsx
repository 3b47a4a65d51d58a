import { Input } from 'tdesign-react/es/input';
import { Field } from '../../form/field';
import { Native, Select, TextArea } from '../../form/inputs';
import { useLanguage, useTexts } from '../../i18n/language';
import type { ValidityKind } from './draft';
import { errorAt } from './field-errors';
import { lengthOf, ruleHint } from './rule-hint';
import type { PartProps } from './template-form';
import { templateTexts } from './texts';

const kinds: readonly ValidityKind[] = ['permanent', 'fixTerm', 'fixTimeRange'];

export const TermsPart = ({ draft, isNew, errors, onChange }: PartProps) => {
  const t = useTexts(templateTexts);
  const { language } = useLanguage();
  const range = 'validDateInformation.fixTimeRange';
  return (
    <section className="panel">
      <h2 className="panel__title">{t.terms}</h2>
      <div className="fields">
        <Field
          label={t.validity}
          hint={isNew ? t.fixed : undefined}
          error={errorAt(errors, 'validDateInformation')}
        >
          <Select
            value={draft.validity}
            disabled={!isNew}
            onChange={(event) => {
              onChange({ validity: event.target.value as ValidityKind });
            }}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {t[kind]}
              </option>
            ))}
          </Select>
        </Field>
        {draft.validity === 'fixTerm' && (
          <Field
            label={t.dayCount}
            hint={ruleHint('FixTermInput.availableDayAfterReceive', language)}
            error={errorAt(errors, 'validDateInformation.fixTerm.availableDayAfterReceive')}
          >
            <Native
              type="number"
              inputMode="numeric"
              value={draft.days}
              onChange={(event) => {
                onChange({ days: event.target.value });
              }}
            />
          </Field>
        )}
        {draft.validity === 'fixTimeRange' &&
          (['begin', 'end'] as const).map((name) => (
            <Field
              key={name}
              label={t[name]}
              hint={t.beijing}
              error={errorAt(
                errors,
                `${range}.${name === 'begin' ? 'availableBeginTime' : 'availableEndTime'}`,
              )}
            >
              <Native
                type="date"
                value={draft[name]}
                onChange={(event) => {
                  onChange({ [name]: event.target.value });
                }}
              />
            </Field>
          ))}
        <Field label={t.servicePhone} error={errorAt(errors, 'servicePhone')}>
          <Input
            value={draft.servicePhone}
            type="tel"
            {...lengthOf('CreateCardTemplateInput.servicePhone')}
            onChange={(servicePhone) => {
              onChange({ servicePhone });
            }}
          />
        </Field>
      </div>
      {isNew && (
        <Field
          label={t.legalAgreement}
          hint={ruleHint('CreateCardTemplateInput.legalAgreement', language)}
          error={errorAt(errors, 'legalAgreement')}
        >
          <TextArea
            rows={3}
            value={draft.legalAgreement}
            onChange={(event) => {
              onChange({ legalAgreement: event.target.value });
            }}
          />
        </Field>
      )}
    </section>
  );
};
