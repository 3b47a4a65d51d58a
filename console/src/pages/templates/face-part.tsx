import { Input } from 'tdesign-react/es/input';
import { Field } from '../../form/field';
import { Check, Native } from '../../form/inputs';
import { useLanguage, useTexts } from '../../i18n/language';
import { errorAt } from './field-errors';
import { PictureField } from './picture-field';
import { lengthOf, ruleHint } from './rule-hint';
import type { PartProps } from './template-form';
import { templateTexts } from './texts';

/** WeChat's own card colours. */
const colors = ['#067A45', '#1D6FB8', '#B04A2F', '#8A5A2B', '#6B4FA0', '#2F3A40'];

export const FacePart = ({ draft, isNew, errors, onChange }: PartProps) => {
  const t = useTexts(templateTexts);
  const { language } = useLanguage();
  const colorError = errorAt(errors, 'cardColor');
  return (
    <section className="panel">
      <h2 className="panel__title">{t.face}</h2>
      <Field label={t.cardTitle} error={errorAt(errors, 'cardTitle')}>
        <Input
          value={draft.cardTitle}
          autofocus={isNew}
          {...lengthOf('CreateCardTemplateInput.cardTitle')}
          onChange={(cardTitle) => {
            onChange({ cardTitle });
          }}
        />
      </Field>
      <Field label={t.benefits} hint={t.benefitsHint} error={errorAt(errors, 'benefits')}>
        <Input
          value={draft.benefits}
          {...lengthOf('CreateCardTemplateInput.benefits')}
          onChange={(benefits) => {
            onChange({ benefits });
          }}
        />
      </Field>
      <div role="group" aria-label={t.cardColor}>
        <span className="field__label">{t.cardColor}</span>
        <div className="colors">
          {colors.map((color) => (
            <button
              key={color}
              type="button"
              className="color"
              style={{ backgroundColor: color }}
              aria-label={color}
              aria-pressed={draft.cardColor.toUpperCase() === color}
              onClick={() => {
                onChange({ cardColor: color });
              }}
            />
          ))}
          <Field label={t.ownColor} isLabelHidden>
            <Native
              type="color"
              value={/^#[0-9a-f]{6}$/i.test(draft.cardColor) ? draft.cardColor : '#000000'}
              onChange={(event) => {
                onChange({ cardColor: event.target.value.toUpperCase() });
              }}
            />
          </Field>
          <Field label={t.cardColor} isLabelHidden>
            <Input
              value={draft.cardColor}
              status={colorError === undefined ? 'default' : 'error'}
              onChange={(cardColor) => {
                onChange({ cardColor });
              }}
            />
          </Field>
        </div>
        {colorError !== undefined && (
          <p className="field__error" role="alert">
            {colorError}
          </p>
        )}
        <p className="hint">{ruleHint('CreateCardTemplateInput.cardColor', language)}</p>
      </div>
      <PictureField
        url={draft.cardPictureUrl}
        error={errorAt(errors, 'cardPictureUrl')}
        onChange={(cardPictureUrl) => {
          onChange({ cardPictureUrl });
        }}
      />
      <Check
        label={t.needDisplayLevel}
        isChecked={draft.needDisplayLevel}
        onChange={(needDisplayLevel) => {
          onChange({ needDisplayLevel });
        }}
      />
      {(isNew || draft.initLevel !== '') && (
        <Field
          label={t.initLevel}
          hint={isNew ? ruleHint('CreateCardTemplateInput.initLevel', language) : t.fixed}
          error={errorAt(errors, 'initLevel')}
        >
          <Input
            value={draft.initLevel}
            disabled={!isNew}
            {...lengthOf('CreateCardTemplateInput.initLevel')}
            onChange={(initLevel) => {
              onChange({ initLevel });
            }}
          />
        </Field>
      )}
      <Check
        label={t.needPinned}
        isChecked={draft.needPinned}
        onChange={(needPinned) => {
          onChange({ needPinned });
        }}
      />
    </section>
  );
};
