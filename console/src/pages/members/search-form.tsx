import { useState, type FormEvent } from 'react';
import { SearchIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { Input } from 'tdesign-react/es/input';
import { Radio } from 'tdesign-react/es/radio';
import type { Search } from '../../app/hand-over';
import { Field } from '../../form/field';
import { useTexts } from '../../i18n/language';
import { memberTexts } from './texts';

const ways = ['openid', 'code', 'phone'] as const satisfies readonly Search['by'][];

interface SearchFormProps {
  /** What is searched for already. */
  readonly first: Search | undefined;
  readonly onSearch: (search: Search) => void;
}

export const SearchForm = ({ first, onSearch }: SearchFormProps) => {
  const t = useTexts(memberTexts);
  const [by, setBy] = useState<Search['by']>(first?.by ?? 'openid');
  const [value, setValue] = useState(first?.value ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = value.trim();
    if (given !== '') onSearch({ by, value: given });
  };
  return (
    <form className="panel search" onSubmit={submit} role="search">
      <div role="group" aria-label={t.by}>
        <Radio.Group
          variant="default-filled"
          value={by}
          onChange={(chosen) => {
            setBy(chosen);
          }}
        >
          {ways.map((way) => (
            <Radio.Button key={way} value={way}>
              {t[way]}
            </Radio.Button>
          ))}
        </Radio.Group>
      </div>
      <div className="search__line">
        <Field label={t[by]} isLabelHidden>
          <Input
            size="large"
            value={value}
            onChange={setValue}
            clearable
            placeholder={t[`${by}Placeholder`]}
            autocomplete="off"
            spellCheck={false}
            type={by === 'phone' ? 'tel' : 'text'}
          />
        </Field>
        <Button type="submit" size="large" icon={<SearchIcon />}>
          {t.search}
        </Button>
      </div>
      <p className="hint">{t[`${by}Hint`]}</p>
    </form>
  );
};
