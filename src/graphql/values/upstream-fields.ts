import { GraphQLJSON } from 'graphql-scalars';
import { Field } from 'type-graphql';

export interface EnumFieldOptions {
  /** Default: false. */
  readonly nullable?: boolean;
  readonly description?: string;
}

/**
 * A field of an open enumeration (`openEnum` in enums.ts) or of a list of one, and a second field with the text that WeChat Pay
 * sent: `state` and `stateRaw`. It is the only way to declare such a field, so every one has its text.
 */
export const EnumField =
  (type: () => object | readonly [object], options: EnumFieldOptions = {}): PropertyDecorator =>
  (target, key) => {
    const isList = Array.isArray(type());
    Field(type as Parameters<typeof Field>[0] & (() => object), options)(target, key);
    Field(() => (isList ? [String] : String), {
      nullable: true,
      description: `${String(key)} as WeChat Pay sent it${isList ? ', in the same order' : ''}. 微信支付返回的原值。`,
    })(target, `${String(key)}Raw`);
  };

/** The field `extra` of an object that WeChat Pay sent (`withExtra` in wechatpay/records/extra.ts). */
export const ExtraField = (): PropertyDecorator =>
  Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'What WeChat Pay sent beyond the fields of this type, under its own names: new members, and values that the fields cannot show. ' +
      'Null if there is nothing. Encrypted values stay encrypted; *** replaces what may be personal data in clear. At most 8192 characters.',
  });
