import { Field } from '../../form/field';
import type { BulkOnExisting } from '../../api/documents';
import { Native, Select } from '../../form/inputs';
import { useTexts } from '../../i18n/language';
import { isImport, type Order } from './order';
import { bulkTexts } from './texts';

interface OptionsStepProps {
  readonly order: Order;
  readonly onChange: (part: Partial<Order>) => void;
  readonly errorOf: (field: string) => string | undefined;
}

/** When and how fast rows are sent. */
export const OptionsStep = ({ order, onChange, errorOf }: OptionsStepProps) => {
  const t = useTexts(bulkTexts);
  const text = (name: 'windowFrom' | 'windowTo' | 'perSecond' | 'perDay' | 'notBefore') => ({
    value: order[name],
    onChange: (event: { readonly target: { readonly value: string } }) => {
      onChange({ [name]: event.target.value });
    },
  });
  return (
    <section className="panel">
      <h2 className="panel__title step" data-step="3">
        {t.stepOptions}
      </h2>
      <p className="hint step__hint">{t.optional}</p>
      <div className="fields">
        {isImport(order) && (
          <Field label={t.onExisting} hint={t.onExistingHint} error={errorOf('onExisting')}>
            <Select
              value={order.onExisting}
              onChange={(event) => {
                onChange({ onExisting: event.target.value as BulkOnExisting });
              }}
            >
              <option value="SKIP">{t.SKIP}</option>
              <option value="UPDATE">{t.UPDATE}</option>
            </Select>
          </Field>
        )}
        <Field label={t.notBefore} hint={t.notBeforeHint} error={errorOf('notBefore')}>
          <Native type="datetime-local" {...text('notBefore')} />
        </Field>
        <div role="group" aria-label={t.window}>
          <span className="field__label">{t.window}</span>
          <div className="range">
            <Field label={t.windowFrom} isLabelHidden>
              <Native type="time" {...text('windowFrom')} />
            </Field>
            <span aria-hidden>–</span>
            <Field label={t.windowTo} isLabelHidden>
              <Native type="time" {...text('windowTo')} />
            </Field>
          </div>
          {errorOf('dailyWindow') !== undefined && (
            <p className="field__error" role="alert">
              {errorOf('dailyWindow')}
            </p>
          )}
          <p className="hint">{t.windowHint}</p>
        </div>
        <Field label={t.perSecond} hint={t.perSecondHint} error={errorOf('maxPerSecond')}>
          <Native type="number" inputMode="numeric" {...text('perSecond')} />
        </Field>
        <Field label={t.perDay} hint={t.perDayHint} error={errorOf('maxRowsPerDay')}>
          <Native type="number" inputMode="numeric" {...text('perDay')} />
        </Field>
      </div>
    </section>
  );
};
