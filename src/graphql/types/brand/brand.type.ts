import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Node, type NodeSource } from '../../relay/node.type';
import { connectionOf } from '../../relay/connection';
import { ID } from '../../values/scalars';

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
  @Field(() => String, { description: 'The upstream interface, e.g. GET_USER_CARD.' })
  readonly interface!: string;
  @Field(() => Float)
  readonly limitPerSecond!: number;
  @Field(() => Float, { description: 'Calls that could be sent now.' })
  readonly available!: number;
  @Field(() => Int, { description: 'Calls waiting for a slot.' })
  readonly queueDepth!: number;
  @Field(() => Int, { description: 'How long a new interactive call would wait, in milliseconds.' })
  readonly waitMs!: number;
}
