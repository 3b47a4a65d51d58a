import { useEffect, useState } from 'react';
import {
  ConsoleBulkOperationDocument,
  ConsoleBulkOperationUpdatedDocument,
  type ConsoleBulkOperationQuery,
} from '../../api/documents';
import type { Query } from '../../api/use-ask';
import { usePoll } from '../../api/use-poll';
import { useClient } from '../../app/session';
import { isActive } from './operation-state';

const everyMs = 1_000;

const isUnderWay = (data: ConsoleBulkOperationQuery | undefined): boolean =>
  data?.node != null && 'status' in data.node && isActive(data.node);

/** An operation as it is now. While it runs, the server sends each change; if it cannot, the page asks. */
export const useOperation = (id: string): Query<ConsoleBulkOperationQuery> => {
  const client = useClient();
  const [isFollowed, setIsFollowed] = useState(false);
  const query = usePoll(ConsoleBulkOperationDocument, { id }, (data) =>
    isUnderWay(data) && !isFollowed ? everyMs : undefined,
  );
  const { asked, again, replace } = query;
  const goesOn = asked.state !== 'idle' && isUnderWay(asked.data);

  useEffect(() => {
    if (!goesOn) return;
    const abort = new AbortController();
    const follow = async () => {
      const { signal } = abort;
      const onOpen = () => {
        setIsFollowed(true);
      };
      const updates = client.follow(ConsoleBulkOperationUpdatedDocument, { id }, { signal, onOpen });
      for await (const { data } of updates) {
        if (data === undefined || signal.aborted) break;
        replace({ node: data.bulkOperationUpdated });
      }
      setIsFollowed(false);
      // It has ended, or the stream broke off.
      if (!signal.aborted) again();
    };
    void follow();
    return () => {
      abort.abort();
    };
  }, [client, id, goesOn, again, replace]);

  return query;
};
