import { Allow, ValidateNested } from 'class-validator';
import { Extensions, Field, InputType } from 'type-graphql';
import { ID } from '../values/scalars';
import { Required } from './input-fields';

/** `@oneOf`: schema/one-of.ts makes the type one. */
const ExactlyOne = (): ClassDecorator & MethodDecorator & PropertyDecorator => Extensions({ oneOf: true });

const Id = (): PropertyDecorator => (target, property) => {
  Field(() => ID, { nullable: true, description: 'Its global id, from the field `id`.' })(
    target,
    property as string,
  );
  Allow()(target, property);
};

const Key =
  (type: () => new () => object): PropertyDecorator =>
  (target, property) => {
    Field(type, { nullable: true, description: "WeChat Pay's keys of it." })(target, property as string);
    ValidateNested()(target, property);
  };

@InputType({ description: "WeChat Pay's keys of a card template." })
export class CardTemplateKey {
  @Required(() => ID)
  readonly brandId!: string;
  @Required(() => ID)
  readonly cardId!: string;
}

@ExactlyOne()
@InputType({ description: 'Names a card template: by its global id or by its keys.' })
export class CardTemplateRef {
  @Id()
  readonly id?: string | null;
  @Key(() => CardTemplateKey)
  readonly key?: CardTemplateKey | null;
}

@InputType({ description: "WeChat Pay's keys of a user's card." })
export class UserCardKey {
  @Required(() => ID)
  readonly brandId!: string;
  @Required(() => ID)
  readonly cardId!: string;
  @Required(() => ID)
  readonly openid!: string;
  @Required(() => ID)
  readonly userCardCode!: string;
}

@ExactlyOne()
@InputType({ description: "Names a user's card: by its global id or by its keys." })
export class UserCardRef {
  @Id()
  readonly id?: string | null;
  @Key(() => UserCardKey)
  readonly key?: UserCardKey | null;
}

@InputType({ description: "WeChat Pay's keys of an activity." })
export class MembershipActivityKey {
  @Required(() => ID)
  readonly brandId!: string;
  @Required(() => ID)
  readonly activityId!: string;
}

@ExactlyOne()
@InputType({ description: 'Names an activity: by its global id or by its keys.' })
export class MembershipActivityRef {
  @Id()
  readonly id?: string | null;
  @Key(() => MembershipActivityKey)
  readonly key?: MembershipActivityKey | null;
}
