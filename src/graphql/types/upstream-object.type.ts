import { Field, ObjectType } from 'type-graphql';
import { Node } from '../relay/node.type';
import { DateTime } from '../values/scalars';
import { ExtraField } from '../values/upstream-fields';
import type { Extra } from '../../wechatpay/records/extra';

/** The fields of every object that WeChat Pay stores. Not a type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class UpstreamObject extends Node {
  @Field(() => DateTime, { nullable: true })
  readonly createTime?: string | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly modifyTime?: string | undefined;
  @Field(() => DateTime, { description: 'When this server read the object from the upstream.' })
  readonly fetchedAt!: string;
  @ExtraField()
  readonly extra?: Extra | undefined;
}

/** Declares the field `stale`. */
export const StaleField = (): PropertyDecorator =>
  Field(() => Boolean, {
    description:
      'True if the object is older than the freshness policy allows. It was served because the upstream gave no newer response in time.',
  });
