import { useState } from 'react';
import { ArrowLeftIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import type { BulkOperationKind } from '../../api/documents';
import { useMay } from '../../app/permissions';
import { useTexts } from '../../i18n/language';
import { StateView } from '../../states/state-view';
import { ColumnsStep } from './columns-step';
import { FileStep } from './file-step';
import { OptionsStep } from './options-step';
import { emptyOrder, type Order } from './order';
import { StartStep } from './start-step';
import { bulkTexts } from './texts';
import { useCreate } from './use-create';

/** What a new operation begins with: for a mended file, that of the operation that it mends. */
export interface Beginning {
  readonly kind?: BulkOperationKind;
  readonly cardId?: string;
}

interface NewOperationProps {
  readonly like: Beginning;
  readonly onBack: () => void;
  readonly onStarted: (id: string) => void;
}

/** From a file to an operation. The steps are on one page, each with a useful beginning, so that most files need two clicks. */
export const NewOperation = ({ like, onBack, onStarted }: NewOperationProps) => {
  const t = useTexts(bulkTexts);
  const may = useMay('write');
  const [order, setOrder] = useState<Order>({ ...emptyOrder, ...like });
  const create = useCreate(order);
  const change = (part: Partial<Order>) => {
    setOrder((last) => ({ ...last, ...part }));
  };
  return (
    <>
      <Button variant="text" icon={<ArrowLeftIcon />} onClick={onBack}>
        {t.back}
      </Button>
      {may ? (
        <div className="bulk-stack">
          <FileStep order={order} onChange={change} />
          {order.file !== undefined && (
            <>
              <ColumnsStep order={order} file={order.file} onChange={change} />
              <OptionsStep order={order} onChange={change} errorOf={create.errorOf} />
              <StartStep order={order} file={order.file} create={create} onStarted={onStarted} />
            </>
          )}
        </div>
      ) : (
        <StateView kind="forbidden" title={t.create} text={t.readOnly} />
      )}
    </>
  );
};
