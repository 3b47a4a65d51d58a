/** A bulk operation as the command shows it. */
export interface Progress {
  readonly id: string;
  readonly status: string;
  readonly pauseReason: string | null;
  readonly total: number;
  readonly done: number;
  readonly ratePerSecond: number | null;
  readonly estimatedEndTime: string | null;
  readonly counts: readonly {
    readonly state: string;
    readonly code: string | null;
    readonly count: number;
  }[];
  readonly resultsPath: string | null;
  readonly failedRowsPath: string | null;
  readonly differencesPath: string | null;
}

/** The server refused; the message is what it said. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
}

/** The calls of the command to a server, local or remote. */
export interface BulkClient {
  upload(
    brandId: string,
    file: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly fileId: string; readonly rowCount: number }>;
  create(input: Readonly<Record<string, unknown>>): Promise<Progress>;
  read(id: string): Promise<Progress>;
  /** Streams a file of results. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
}

export interface BulkClientOptions {
  /** e.g. http://127.0.0.1:4000, with the base path if the server has one. */
  readonly server: string;
  /** An API key or an access token. Default: none. */
  readonly token?: string | undefined;
  /** Of messages. */
  readonly language: string;
}

const fields =
  'id status pauseReason total done ratePerSecond estimatedEndTime counts { state code count } resultsPath failedRowsPath differencesPath';

export const createBulkClient = ({ server, token, language }: BulkClientOptions): BulkClient => {
  const headers = {
    'accept-language': language,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    try {
      return await fetch(server + path, { ...init, headers: { ...headers, ...init.headers } });
    } catch {
      throw new ServerRefusal(`There is no server at ${server}: start it, or name it with --server.`);
    }
  };
  const json = async (response: Response): Promise<Body> => {
    const text = await response.text();
    try {
      return JSON.parse(text) as Body;
    } catch {
      throw new ServerRefusal(`${server} answered with HTTP status ${response.status} and no JSON.`);
    }
  };
  const ask = async (query: string, variables: object): Promise<Body> => {
    const body = await json(
      await send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }),
    );
    const [error] = body.errors ?? [];
    if (error !== undefined) throw new ServerRefusal(error.message);
    return body;
  };
  return {
    async upload(brandId, file) {
      const body = await json(
        await send(`/bulk/files?brandId=${encodeURIComponent(brandId)}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: file,
          duplex: 'half',
        }),
      );
      const [error] = body.errors ?? [];
      if (error !== undefined) throw new ServerRefusal(error.message);
      return { fileId: body.fileId ?? '', rowCount: body.rowCount ?? 0 };
    },
    async create(input) {
      const { data } = await ask(
        `mutation($input: BulkOperationCreateInput!) { done: bulkOperationCreate(input: $input) { bulkOperation { ${fields} } userErrors { message } } }`,
        { input },
      );
      const payload = data?.done;
      if (payload?.bulkOperation == null)
        throw new ServerRefusal((payload?.userErrors ?? []).map(({ message }) => message).join('\n'));
      return payload.bulkOperation;
    },
    async read(id) {
      const { data } = await ask(`query($id: ID!) { node(id: $id) { ... on BulkOperation { ${fields} } } }`, {
        id,
      });
      if (data?.node == null) throw new ServerRefusal('The operation does not exist any more.');
      return data.node;
    },
    async download(path) {
      const response = await send(path);
      if (response.ok && response.body !== null) return response.body;
      throw new ServerRefusal(
        (await json(response)).errors?.[0]?.message ?? `HTTP status ${response.status}`,
      );
    },
  };
};

/** The parts of the server's responses that the command reads. */
interface Body {
  readonly errors?: readonly { readonly message: string }[];
  readonly fileId?: string;
  readonly rowCount?: number;
  readonly data?: {
    readonly node?: Progress | null;
    readonly done?: {
      readonly bulkOperation: Progress | null;
      readonly userErrors: readonly { readonly message: string }[];
    };
  };
}
