import { Field, ObjectType } from 'type-graphql';

@ObjectType('_Service', {
  description: 'What a composition tool asks a subgraph for. Federation 2.',
})
export class Service {
  /** schema/subgraph-sdl.ts resolves it, because only the finished schema can be printed. */
  @Field(() => String, { description: 'The SDL of the subgraph: the content of schema/subgraph.graphql.' })
  readonly sdl!: string;
}
