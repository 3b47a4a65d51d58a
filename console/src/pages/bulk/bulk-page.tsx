import { useState } from 'react';
import { NewOperation, type Beginning } from './new-operation';
import { OperationList } from './operation-list';
import { OperationView } from './operation-view';
import './bulk.css';

/** What the page shows. It is not in the address: nothing in a history leads to data. */
type Place =
  | { readonly at: 'list' }
  | { readonly at: 'new'; readonly like: Beginning }
  | { readonly at: 'operation'; readonly id: string };

/** Actions for every row of a file: from the file to the results. */
const BulkPage = () => {
  const [place, setPlace] = useState<Place>({ at: 'list' });
  const toList = () => {
    setPlace({ at: 'list' });
  };
  const toNew = (like: Beginning = {}) => {
    setPlace({ at: 'new', like });
  };
  const open = (id: string) => {
    setPlace({ at: 'operation', id });
  };
  if (place.at === 'new') return <NewOperation like={place.like} onBack={toList} onStarted={open} />;
  if (place.at === 'operation')
    return <OperationView key={place.id} id={place.id} onBack={toList} onNew={toNew} />;
  return <OperationList onNew={toNew} onOpen={open} />;
};

export default BulkPage;
