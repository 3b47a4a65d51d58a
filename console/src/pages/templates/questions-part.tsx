import { AddIcon, DeleteIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Input } from 'tdesign-react/es/input';
import type { CommonFieldFlag, CustomFieldType } from '../../api/documents';
import { Field } from '../../form/field';
import { Check, Select, TextArea } from '../../form/inputs';
import { useLanguage, useTexts } from '../../i18n/language';
import type { Question } from './draft';
import { errorAt } from './field-errors';
import { lengthOf, ruleHint } from './rule-hint';
import type { PartProps } from './template-form';
import { templateTexts } from './texts';

const flags: readonly CommonFieldFlag[] = ['NAME', 'SEX', 'BIRTHDAY', 'CITY', 'ADDRESS', 'EMAIL'];
const types: readonly CustomFieldType[] = ['RADIO', 'CHECK_BOX'];

/** The form that a new member fills in: WeChat Pay's questions, and one of the merchant's own. */
export const QuestionsPart = ({ draft, errors, onChange }: PartProps) => {
  const t = useTexts(templateTexts);
  const { questions, ownQuestion } = draft;
  return (
    <section className="panel">
      <h2 className="panel__title">{t.form}</h2>
      <div className="checks" role="group" aria-label={t.form}>
        {flags.map((flag) => (
          <Check
            key={flag}
            label={t[flag]}
            isChecked={questions.includes(flag)}
            onChange={(isChecked) => {
              onChange({
                questions: isChecked ? [...questions, flag] : questions.filter((one) => one !== flag),
              });
            }}
          />
        ))}
      </div>
      <p className="hint">{t.formHint}</p>
      {ownQuestion === undefined ? (
        <div>
          <Button
            theme="default"
            variant="outline"
            icon={<AddIcon />}
            onClick={() => {
              onChange({ ownQuestion: { name: '', type: 'RADIO', values: '' } });
            }}
          >
            {t.addQuestion}
          </Button>
        </div>
      ) : (
        <OwnQuestion question={ownQuestion} errors={errors} onChange={onChange} />
      )}
    </section>
  );
};

interface OwnQuestionProps extends Pick<PartProps, 'errors' | 'onChange'> {
  readonly question: Question;
}

const OwnQuestion = ({ question, errors, onChange }: OwnQuestionProps) => {
  const t = useTexts(templateTexts);
  const { language } = useLanguage();
  const path = 'userInformation.customFieldList.0';
  const change = (part: Partial<Question>) => {
    onChange({ ownQuestion: { ...question, ...part } });
  };
  // A message about one of the values belongs to the input of all of them.
  const ofValues = errors.find(
    ({ field }) => field?.slice(1).join('.').startsWith(`${path}.values`) === true,
  );
  return (
    <div className="question" role="group" aria-label={t.question}>
      <div className="fields">
        <Field label={t.question} error={errorAt(errors, `${path}.name`, path)}>
          <Input
            value={question.name}
            {...lengthOf('CustomFieldFormInput.name')}
            onChange={(name) => {
              change({ name });
            }}
          />
        </Field>
        <Field label={t.questionType} error={errorAt(errors, `${path}.type`)}>
          <Select
            value={question.type}
            onChange={(event) => {
              change({ type: event.target.value as CustomFieldType });
            }}
          >
            {types.map((type) => (
              <option key={type} value={type}>
                {t[type]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <Field
        label={t.answers}
        hint={ruleHint('CustomFieldFormInput.values', language)}
        error={ofValues?.message}
      >
        <TextArea
          rows={4}
          value={question.values}
          onChange={(event) => {
            change({ values: event.target.value });
          }}
        />
      </Field>
      <div>
        <Button
          theme="default"
          variant="text"
          icon={<DeleteIcon />}
          onClick={() => {
            onChange({ ownQuestion: undefined });
          }}
        >
          {t.removeQuestion}
        </Button>
      </div>
    </div>
  );
};
