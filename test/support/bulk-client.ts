import type { TestApp } from './test-app';

export interface BulkState {
  readonly id: string;
  readonly status: string;
  readonly pauseReason: string | null;
  readonly total: number;
  readonly done: number;
  readonly counts: readonly {
    readonly state: string;
    readonly code: string | null;
    readonly count: number;
  }[];
}

export const bulkFields = 'id status pauseReason total done counts { state code count }';

/** Uploads a file as its raw bytes. */
export const uploadBulkFile = async (
  app: Pick<TestApp, 'url'>,
  brandId: string,
  content: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> => {
  const response = await fetch(`${app.url.replace('/graphql', '')}/bulk/files?brandId=${brandId}`, {
    method: 'POST',
    body: content,
    headers: { 'content-type': 'text/csv', ...headers },
  });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};

/** Creates an operation; throws if it is refused. */
export const createBulkOperation = async (
  app: Pick<TestApp, 'ask'>,
  input: Readonly<Record<string, unknown>>,
): Promise<BulkState> => {
  const { data, errors } = await app.ask<{
    readonly bulkOperationCreate: { readonly bulkOperation: BulkState | null; readonly userErrors: unknown };
  }>(
    `mutation($input: BulkOperationCreateInput!) { bulkOperationCreate(input: $input) { bulkOperation { ${bulkFields} } userErrors { field code message } } }`,
    { input },
  );
  const operation = data?.bulkOperationCreate.bulkOperation;
  if (operation == null) throw new Error(JSON.stringify({ data, errors }));
  return operation;
};

export const readBulkOperation = async (app: Pick<TestApp, 'ask'>, id: string): Promise<BulkState> => {
  const { data, errors } = await app.ask<{ readonly node: BulkState | null }>(
    `query($id: ID!) { node(id: $id) { ... on BulkOperation { ${bulkFields} } } }`,
    { id },
  );
  if (data?.node == null) throw new Error(JSON.stringify(errors));
  return data.node;
};

/** Looks until the operation has ended or paused. */
export const settledBulkOperation = async (app: Pick<TestApp, 'ask'>, id: string): Promise<BulkState> => {
  for (;;) {
    const operation = await readBulkOperation(app, id);
    if (!['VALIDATING', 'RUNNING'].includes(operation.status)) return operation;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
