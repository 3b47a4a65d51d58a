import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Node, type NodeSource } from '../../relay/node.type';
import { connectionOf } from '../../relay/connection';
import type { InterfaceName } from '../../../wechatpay/api/interfaces';
import { ID } from '../../values/scalars';
import { UpstreamInterface } from './upstream-interface.enum';

export interface BrandSource extends NodeSource {
  readonly kind: 'Brand';
  readonly brandId: string;
  readonly name: string;
}

@ObjectType({ implements: Node, simpleResolvers: true })
export class Brand extends Node {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => String, { description: 'Display name from the configuration.' })
  readonly name!: string;
}

export const BrandConnection = connectionOf('Brand', () => Brand);

@ObjectType({ simpleResolvers: true, description: 'One bucket of upstream calls.' })
export class ThrottleStatus {
  @Field(() => UpstreamInterface, { description: 'The interface that the bucket belongs to.' })
  readonly interface!: InterfaceName;
  @Field(() => Float, {
    description: 'Calls per second. A fraction is possible: 0.5 is a call every two seconds.',
  })
  readonly limitPerSecond!: number;
  @Field(() => Int, { description: 'Calls that could be sent now.' })
  readonly available!: number;
  @Field(() => Int, { description: 'Calls waiting for a slot.' })
  readonly queueDepth!: number;
  @Field(() => Int, { description: 'How long a new interactive call would wait, in milliseconds.' })
  readonly waitMs!: number;
}
