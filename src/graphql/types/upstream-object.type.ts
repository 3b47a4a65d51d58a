import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { Node, type NodeSource } from '../relay/node.type';
import { DateTime } from '../values/scalars';
import { ExtraField } from '../values/upstream-fields';
import type { Extra } from '../../wechatpay/records/extra';

@InterfaceType({
  description:
    'An object that this server reads from WeChat Pay and caches. 由本服务从微信支付查询并缓存的对象。',
  resolveType: ({ kind }: NodeSource) => kind,
})
export abstract class Fetched {
  @Field(() => DateTime, {
    description: 'When this server read the object from WeChat Pay. 数据的获取时间。',
  })
  readonly fetchedAt!: string;
  @Field(() => Boolean, {
    description:
      'True if the object is older than the freshness policy allows. It was served because WeChat Pay gave no newer response in time. 数据是否过期。',
  })
  readonly stale!: boolean;
}

/** What `Fetched` needs of a source. */
export interface FetchedSource {
  readonly fetchedAt: string;
  readonly stale: boolean;
}

/** The fields of every object that WeChat Pay stores. Not a type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class UpstreamObject extends Node {
  @Field(() => DateTime, { nullable: true })
  readonly createTime?: string | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly modifyTime?: string | undefined;
  /** Declared by `Fetched`. */
  readonly fetchedAt!: string;
  readonly stale!: boolean;
  @ExtraField()
  readonly extra?: Extra | undefined;
}
