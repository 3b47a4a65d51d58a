import { Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { AppError } from '../../shared/errors';
import { SemanticNonNull } from '../values/semantic-non-null';

@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean;
  @Field(() => Boolean)
  readonly hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true })
  readonly startCursor?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly endCursor?: string | undefined;
}

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

export interface ConnectionOptions {
  /**
   * Whether a single element can fail. It is then null, with an error at its path, and the others are still returned. Default:
   * false.
   */
  readonly mayFail?: boolean;
}

const failedElement =
  'Null, with an error at its path, if this element cannot be read. The others are still returned.';

/** The connection and edge classes of a node type, named after it. */
export const connectionOf = (
  name: string,
  node: () => ClassType,
  { mayFail = false }: ConnectionOptions = {},
) => {
  const marked = (levels: readonly number[]): PropertyDecorator =>
    mayFail ? SemanticNonNull(levels) : () => undefined;

  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String)
    readonly cursor!: string;
    @Field(node, { nullable: mayFail, ...(mayFail && { description: failedElement }) })
    @marked([0])
    readonly node!: unknown;
  }
  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class ConnectionOfNode {
    @Field(() => [Edge])
    readonly edges!: readonly Edge[];
    @Field(() => [node()], {
      nullable: mayFail ? 'items' : false,
      ...(mayFail && { description: failedElement }),
    })
    @marked([1])
    readonly nodes!: readonly unknown[];
    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo;
    @Field(() => Int)
    readonly totalCount!: number;
  }
  return ConnectionOfNode;
};

/** Converts the elements to their type. graphql-js turns a failed one into null and an error. */
export const showEach = <R, S>(
  items: readonly (R | AppError)[],
  show: (item: R) => S,
): readonly (S | AppError)[] => items.map((item) => (item instanceof AppError ? item : show(item)));

export interface ConnectionSlice<T> {
  readonly items: readonly T[];
  readonly offset: number;
  readonly totalCount: number;
}

export const toConnection = <T>({ items, offset, totalCount }: ConnectionSlice<T>): Connection<T> => {
  const edges = items.map((node, index) => ({ cursor: encodeCursor(offset + index), node }));
  const page = pageOf(edges, {
    hasNextPage: offset + items.length < totalCount,
    hasPreviousPage: offset > 0,
  });
  return { ...page, totalCount };
};

/** A page of a list, whatever its cursors encode. */
export const pageOf = <T>(
  edges: Connection<T>['edges'],
  more: Pick<PageInfo, 'hasNextPage' | 'hasPreviousPage'>,
): Omit<Connection<T>, 'totalCount'> => ({
  edges,
  nodes: edges.map(({ node }) => node),
  pageInfo: { ...more, startCursor: edges[0]?.cursor, endCursor: edges.at(-1)?.cursor },
});

/** A cursor encodes the position of its object; with `after`, the slice starts at the next one. */
const encodeCursor = (index: number): string => Buffer.from(`o:${index}`).toString('base64url');

/** The offset after a cursor; `undefined` if it is not exactly one of ours. */
export const offsetAfter = (cursor: string): number | undefined => {
  const [, digits] = /^o:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const index = Number(digits);
  return digits !== undefined && encodeCursor(index) === cursor ? index + 1 : undefined;
};
