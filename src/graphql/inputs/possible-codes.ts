import { getMetadataStorage } from 'class-validator';
import type { InterfaceRules } from '../../documents/field-rule';
import { interfaceRules, type RuledInterface } from '../../documents/interface-rules';
import { nestedInputsOf, type InputClass } from './nested-inputs';
import { documentedCodes } from './rules/documented';
import type { RuleContext } from './rules/rule';
import type { UserErrorCode } from './user-error-code';

/** Every code that the checks of an input can give, under any configuration. */
export const possibleCodes = (input: InputClass, name: RuledInterface): ReadonlySet<UserErrorCode> => {
  const { fields, target }: InterfaceRules = interfaceRules[name];
  const changes = Object.entries(fields).filter(([field]) => target?.includes(field) === false);
  return new Set<UserErrorCode>([
    ...Object.values(fields).flatMap(documentedCodes),
    // A change that is required makes an input without any impossible.
    ...(changes.length > 0 && changes.every(([, { required }]) => !required) ? (['NO_CHANGE'] as const) : []),
    ...(changes.some(([, { required }]) => !required) ? (['INVALID'] as const) : []),
    ...statedCodes(input, name),
  ]);
};

/** The codes of rules about the agreement of fields, in the input and in those inside it. */
const statedCodes = (input: InputClass, name: RuledInterface): readonly UserErrorCode[] => [
  ...getMetadataStorage()
    .getTargetValidationMetadatas(input, '', false, false)
    .flatMap(({ context }) => {
      const { codes = [], interfaces } = (context ?? {}) as Partial<RuleContext>;
      return interfaces === undefined || interfaces.has(name) ? codes : [];
    }),
  ...nestedInputsOf(input).flatMap((inner) => statedCodes(inner, name)),
];
