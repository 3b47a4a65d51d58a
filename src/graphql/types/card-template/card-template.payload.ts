import { Field, ObjectType } from 'type-graphql';
import type { AppError } from '../../../shared/errors';
import { UserError } from '../../inputs/user-error.type';
import { CardTemplate, type CardTemplateSource } from './card-template.type';

/** What every mutation of a template answers. */
@ObjectType({ simpleResolvers: true })
abstract class CardTemplatePayload {
  @Field(() => CardTemplate, { nullable: true })
  readonly cardTemplate?: CardTemplateSource | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true })
export class CreateCardTemplatePayload extends CardTemplatePayload {}

@ObjectType({ simpleResolvers: true })
export class UpdateCardTemplatePayload extends CardTemplatePayload {}

@ObjectType({ simpleResolvers: true })
export class InvalidateCardTemplatePayload extends CardTemplatePayload {}
