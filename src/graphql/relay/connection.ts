import { Field, Int, ObjectType, type ClassType } from 'type-graphql';

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

/** The connection and edge classes of a node type, named after it. */
export const connectionOf = (name: string, node: () => ClassType) => {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String)
    readonly cursor!: string;
    @Field(node)
    readonly node!: unknown;
  }
  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class ConnectionOfNode {
    @Field(() => [Edge])
    readonly edges!: readonly Edge[];
    @Field(() => [node()])
    readonly nodes!: readonly unknown[];
    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo;
    @Field(() => Int)
    readonly totalCount!: number;
  }
  return ConnectionOfNode;
};

export interface ConnectionSlice<T> {
  readonly items: readonly T[];
  readonly offset: number;
  readonly totalCount: number;
}

export const toConnection = <T>({ items, offset, totalCount }: ConnectionSlice<T>): Connection<T> => {
  const edges = items.map((node, index) => ({ cursor: encodeCursor(offset + index), node }));
  return {
    edges,
    nodes: items,
    totalCount,
    pageInfo: {
      hasNextPage: offset + items.length < totalCount,
      hasPreviousPage: offset > 0,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    },
  };
};

/** A cursor names the position of its object; `after` it begins the next one. */
const encodeCursor = (index: number): string => Buffer.from(`o:${index}`).toString('base64url');

/** The offset that begins after a cursor; `undefined` where it is not one of ours, to the letter. */
export const offsetAfter = (cursor: string): number | undefined => {
  const [, digits] = /^o:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const index = Number(digits);
  return digits !== undefined && encodeCursor(index) === cursor ? index + 1 : undefined;
};
