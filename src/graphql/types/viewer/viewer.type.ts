import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  simpleResolvers: true,
  description: 'The caller of this operation: staff with scopes per brand, or a member.',
})
export class Viewer {
  @Field(() => String, {
    description:
      'Names the caller in logs and in the audit log: the owner of the API key, or the subject of the token. Of a member, a hash of the openid.',
  })
  readonly callerId!: string;
  @Field(() => Boolean, {
    description: 'Whether the caller is a member, who sees only their own cards and data.',
  })
  readonly isMember!: boolean;
  @Field(() => [String], { description: 'The scopes of the credential that grant something, in order.' })
  readonly scopes!: readonly string[];
}
