import { useState } from 'react';
import { EditTemplate } from './edit-template';
import { NewTemplate } from './new-template';
import { TemplateList } from './template-list';
import './templates.css';

type Place =
  | { readonly at: 'list' }
  | { readonly at: 'new'; readonly likeId: string | undefined }
  | { readonly at: 'edit'; readonly id: string };

/** The brand's card templates: what its cards look like and ask for. */
const TemplatesPage = () => {
  const [place, setPlace] = useState<Place>({ at: 'list' });
  const toList = () => {
    setPlace({ at: 'list' });
  };
  if (place.at === 'new') return <NewTemplate likeId={place.likeId} onBack={toList} />;
  if (place.at === 'edit') return <EditTemplate id={place.id} onBack={toList} />;
  return (
    <TemplateList
      onNew={(likeId) => {
        setPlace({ at: 'new', likeId });
      }}
      onOpen={(id) => {
        setPlace({ at: 'edit', id });
      }}
    />
  );
};

export default TemplatesPage;
