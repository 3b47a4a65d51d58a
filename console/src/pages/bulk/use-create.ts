import { ConsoleBulkCreateDocument } from '../../api/documents';
import { useRequestKeys } from '../../api/request-keys';
import { useMutation } from '../../api/use-mutation';
import { useSession } from '../../app/session';
import { inputOf, type Order } from './order';

/** Creates operations for an order. */
export const useCreate = (order: Order) => {
  const { brand } = useSession();
  const keyOf = useRequestKeys();
  const mutation = useMutation(ConsoleBulkCreateDocument, (data) => data.bulkOperationCreate);
  return {
    ...mutation,
    /** Resolves to the operation's id, or to `undefined` if it was refused. */
    async create(dryRun: boolean): Promise<string | undefined> {
      const content = { ...inputOf(order, brand.brandId), dryRun };
      const payload = await mutation.run({ input: { ...content, idempotencyKey: keyOf(content) } });
      return payload?.bulkOperation?.id;
    },
  };
};

export type Create = ReturnType<typeof useCreate>;
