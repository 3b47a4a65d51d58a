import { useRef } from 'react';
import { ConsoleBulkCreateDocument } from '../../api/documents';
import { useMutation } from '../../api/use-mutation';
import { useSession } from '../../app/session';
import { inputOf, type Order } from './order';

/**
 * Creates operations for an order. While neither the order nor the sort of attempt changes, each attempt has the same key: one whose
 * answer was lost is not carried out twice.
 */
export const useCreate = (order: Order) => {
  const { brand } = useSession();
  const keys = useRef(new Map<string, string>());
  const mutation = useMutation(ConsoleBulkCreateDocument, (data) => data.bulkOperationCreate);
  return {
    ...mutation,
    /** Resolves to the operation's id, or to `undefined` if it was refused. */
    async create(dryRun: boolean): Promise<string | undefined> {
      const content = { ...inputOf(order, brand.brandId), dryRun };
      const text = JSON.stringify(content);
      const idempotencyKey = keys.current.get(text) ?? crypto.randomUUID();
      keys.current.set(text, idempotencyKey);
      const payload = await mutation.run({ input: { ...content, idempotencyKey } });
      return payload?.bulkOperation?.id;
    },
  };
};

export type Create = ReturnType<typeof useCreate>;
