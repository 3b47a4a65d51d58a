// Uploads and operations, as a client makes them.
const phoneOf = (index) => `13${String(200_000_000 + index)}`;
let keys = 0;

/** The file is streamed: it is not in the memory of this process either. */
const linesOf = async function* ({ rows, from, padding }) {
  yield Buffer.from('手机号,会员卡号,备注\n');
  let chunk = '';
  for (let index = from; index < from + rows; index += 1) {
    // Numbers that end in 0000 have no WeChat account in the sandbox.
    const number = index + Math.floor(index / 9_999) + 1;
    chunk += `${phoneOf(number)},BENCH${String(index).padStart(8, '0')},${padding}\n`;
    if (chunk.length < 65_536) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
};

export const upload = async ({ origin, brandId }, { rows, from, padding = '' }) => {
  const response = await fetch(`${origin}/bulk/files?brandId=${brandId}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: ReadableStream.from(linesOf({ rows, from, padding })),
    duplex: 'half',
  });
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body.fileId;
};

export const begin = async (server, { fileId, template, ...order }) => {
  const { bulkOperationCreate } = await server.ask(
    `mutation($input: BulkOperationCreateInput!) {
       bulkOperationCreate(input: $input) { bulkOperation { id } userErrors { field code message } } }`,
    {
      input: {
        kind: 'IMPORT_BY_PHONE',
        cardTemplate: template,
        fileId,
        idempotencyKey: `bench-${(keys += 1)}`,
        ...order,
      },
    },
  );
  if (bulkOperationCreate.bulkOperation === null) throw new Error(JSON.stringify(bulkOperationCreate));
  return bulkOperationCreate.bulkOperation;
};

/** Looks until the operation has ended or paused; `onLook` is called each time. */
export const settled = async (server, id, onLook = () => undefined) => {
  for (;;) {
    const { node } = await server.ask(
      'query($id: ID!) { node(id: $id) { ... on BulkOperation { status done counts { state code count } } } }',
      { id },
    );
    onLook(node);
    if (!['VALIDATING', 'RUNNING'].includes(node.status)) return node;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};
