import { useState } from 'react';
import { takeHandedOver, type Search } from '../../app/hand-over';
import { useTexts } from '../../i18n/language';
import { StateView } from '../../states/state-view';
import { CardsOfUser } from './cards-of-user';
import { FoundCard } from './found-card';
import { SearchForm } from './search-form';
import { memberTexts } from './texts';
import './members.css';

/** Finds a member's cards, and shows and changes them. */
const MembersPage = () => {
  const t = useTexts(memberTexts);
  const [search, setSearch] = useState<Search | undefined>(takeHandedOver);
  return (
    <>
      <SearchForm first={search} onSearch={setSearch} />
      {search === undefined && <StateView kind="empty" title={t.start} text={t.startAdvice} />}
      {search?.by === 'openid' && <CardsOfUser key={search.value} openid={search.value} />}
      {search !== undefined && search.by !== 'openid' && (
        <FoundCard key={search.by + search.value} by={search.by} value={search.value} />
      )}
    </>
  );
};

export default MembersPage;
