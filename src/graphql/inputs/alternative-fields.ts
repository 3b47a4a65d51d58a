import { ValidateNested } from 'class-validator';
import { Extensions, Field, InputType } from 'type-graphql';
import { declareTag, declareWord } from './alternatives';
import { declareFieldType, type InputClass } from './nested-inputs';
import { ruleDecorator } from './rules/rule';

interface OneOfOptions {
  readonly tag: string;
  readonly description: string;
}

/** Declares a `@oneOf` input whose fields are alternatives (alternatives.ts). */
export const OneOf =
  ({ tag, description }: OneOfOptions) =>
  (target: InputClass): void => {
    Extensions({ oneOf: true })(target);
    InputType({ description })(target);
    declareTag(target, tag);
  };

type FieldType = Extract<Parameters<typeof Field>[0], () => unknown>;

interface AlternativeOptions {
  /** WeChat Pay's word for it. */
  readonly word: string;
  readonly description: string;
  /** Whether the type is an input with members. Default: false. */
  readonly hasMembers?: boolean;
}

/** Declares one of its fields. The members of the field's type have the rules of the flat object. */
export const Alternative =
  (type: FieldType, { word, description, hasMembers = false }: AlternativeOptions): PropertyDecorator =>
  (target, property) => {
    Field(type, { nullable: true, description })(target, property as string);
    // The schema checks all there is to check; without a rule class-validator would refuse the field.
    ruleDecorator('alternative', { breachesOf: () => [] })(target, property);
    declareFieldType(target.constructor as InputClass, type);
    if (hasMembers) ValidateNested()(target, property);
    declareWord(target.constructor as InputClass, String(property), word);
  };
