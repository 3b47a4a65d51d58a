import { Input } from 'tdesign-react/es/input';
import { Tag } from 'tdesign-react/es/tag';
import { Field } from '../../form/field';
import { Select } from '../../form/inputs';
import { grouped } from '../../format/format';
import { useLanguage, useTexts } from '../../i18n/language';
import { columnExample, columnName, columnsOf, type KindColumn } from './kinds';
import { guessedHeader, headerOf, type Order } from './order';
import { bulkTexts } from './texts';
import type { UploadedFile } from './upload';

interface ColumnsStepProps {
  readonly order: Order;
  readonly file: UploadedFile;
  readonly onChange: (part: Partial<Order>) => void;
}

/** Which column of the file holds what, and what the file looks like. */
export const ColumnsStep = ({ order, file, onChange }: ColumnsStepProps) => {
  const t = useTexts(bulkTexts);
  const headers = [...new Set(file.columns)];
  const all = columnsOf(order.kind);
  // By what the file has, not by what is chosen: a row does not move while somebody works on it.
  const isFound = ({ id, isRequired }: KindColumn) => isRequired || guessedHeader(order, id) !== '';
  const rest = all.filter((column) => !isFound(column));
  const rowOf = (column: KindColumn) => (
    <Mapping key={column.id} column={column} order={order} headers={headers} onChange={onChange} />
  );
  return (
    <section className="panel">
      <h2 className="panel__title step" data-step="2">
        {t.stepColumns}
      </h2>
      <div className="mapping">
        {all.filter(isFound).map(rowOf)}
        {rest.length > 0 && (
          <details className="mapping__more">
            <summary>{t.otherColumns(String(rest.length))}</summary>
            {rest.map(rowOf)}
          </details>
        )}
      </div>
      <Preview file={file} />
    </section>
  );
};

interface MappingProps {
  readonly column: KindColumn;
  readonly order: Order;
  readonly headers: readonly string[];
  readonly onChange: (part: Partial<Order>) => void;
}

const Mapping = ({ column: { id, isRequired }, order, headers, onChange }: MappingProps) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const name = columnName(id, language);
  const guessed = guessedHeader(order, id);
  const header = headerOf(order, id);
  const value = order.defaults[id] ?? '';
  const isMissing = isRequired && header === '' && value === '';
  return (
    <div className={`mapping__row${header === '' && !isRequired ? ' mapping__row--unused' : ''}`}>
      <p className="mapping__name">
        {name}{' '}
        {isRequired && (
          <Tag size="small" variant="light" theme={isMissing ? 'danger' : 'default'}>
            {t.required}
          </Tag>
        )}{' '}
        {header !== '' && header === guessed && (
          <Tag size="small" variant="light" theme="primary">
            {t.guessed}
          </Tag>
        )}
      </p>
      <Field label={`${name}：${t.header}`} isLabelHidden error={isMissing ? t.chooseHeader : undefined}>
        <Select
          value={header}
          onChange={(event) => {
            onChange({ headers: { ...order.headers, [id]: event.target.value } });
          }}
        >
          <option value="">{t.notUsed}</option>
          {headers.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={`${name}：${t.fallback}`} isLabelHidden>
        <Input
          value={value}
          placeholder={`${t.fallback}，${t.example(columnExample(id))}`}
          onChange={(text) => {
            onChange({ defaults: { ...order.defaults, [id]: text } });
          }}
        />
      </Field>
    </div>
  );
};

const Preview = ({ file }: { readonly file: UploadedFile }) => {
  const t = useTexts(bulkTexts);
  const { language } = useLanguage();
  const title = t.preview(grouped(file.preview.length, language));
  return (
    <details className="preview" open>
      <summary>{title}</summary>
      <div className="table-scroll table-scroll--low" tabIndex={0} role="region" aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t.row}</th>
              {file.columns.map((name, index) => (
                <th scope="col" key={index}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {file.preview.map(({ number, cells, problem }) => (
              <tr key={number}>
                <td className="number">{number}</td>
                {problem === undefined ? (
                  file.columns.map((_, index) => <td key={index}>{cells[index] ?? ''}</td>)
                ) : (
                  <td className="table__state--FAILED" colSpan={file.columns.length}>
                    {problem.message}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
};
