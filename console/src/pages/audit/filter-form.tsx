import { useState, type FormEvent } from 'react';
import { SearchIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Field } from '../../form/field';
import { Check, Native, Select } from '../../form/inputs';
import { useTexts } from '../../i18n/language';
import { emptyFilter, kinds, type Filter } from './filter';
import { auditTexts } from './texts';

/** Which actions to look for. Nothing is asked before it is sent. */
export const FilterForm = ({ onSearch }: { readonly onSearch: (filter: Filter) => void }) => {
  const t = useTexts(auditTexts);
  const [filter, setFilter] = useState(emptyFilter);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(filter);
  };
  const text = (name: 'caller' | 'operation' | 'from' | 'to') => ({
    value: filter[name],
    onChange: (event: { readonly target: { readonly value: string } }) => {
      setFilter({ ...filter, [name]: event.target.value });
    },
  });
  return (
    <form className="audit__filter" onSubmit={submit} role="search">
      <Field label={t.caller}>
        <Native type="text" placeholder={t.callerHint} autoComplete="off" {...text('caller')} />
      </Field>
      <Field label={t.operation}>
        <Native type="text" placeholder={t.operationHint} autoComplete="off" {...text('operation')} />
      </Field>
      <Field label={t.kind}>
        <Select
          value={filter.kind}
          onChange={(event) => {
            setFilter({ ...filter, kind: event.target.value as Filter['kind'] });
          }}
        >
          <option value="">{t.allKinds}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {t[kind]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t.from}>
        <Native type="datetime-local" {...text('from')} />
      </Field>
      <Field label={t.to}>
        <Native type="datetime-local" {...text('to')} />
      </Field>
      <div className="audit__send">
        <Check
          label={t.onlyProblems}
          isChecked={filter.onlyProblems}
          onChange={(onlyProblems) => {
            setFilter({ ...filter, onlyProblems });
          }}
        />
        <Button type="submit" icon={<SearchIcon />}>
          {t.search}
        </Button>
      </div>
    </form>
  );
};
