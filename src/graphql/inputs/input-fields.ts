import { ValidateNested } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { interfaceRules, type RuledInterface } from '../../documents/interface-rules';
import type { InterfaceRules } from '../../documents/field-rule';
import { memberPath, placeOf } from './input-place';
import { declareFieldType, isInputClass, type InputClass } from './nested-inputs';
import { documentedBreaches } from './rules/documented';
import { ruleDecorator } from './rules/rule';
import { AppError } from '../../shared/errors';

const interfacesOfInputs = new WeakMap<object, RuledInterface>();
const inputsOfInterfaces = new Map<RuledInterface, InputClass>();

/** The input of one interface: its fields get the rules that the table of documents lists for that interface. */
export const InputOf =
  (name: RuledInterface): ClassDecorator =>
  (target) => {
    InputType()(target);
    interfacesOfInputs.set(target, name);
    inputsOfInterfaces.set(name, target as never);
  };

/** The interface of an input class. */
export const interfaceOfInput = (input: object): RuledInterface | undefined => interfacesOfInputs.get(input);

type FieldType = Extract<Parameters<typeof Field>[0], () => unknown>;

/** The input class of an interface. */
export const inputOfInterface = (name: RuledInterface): InputClass => {
  const input = inputsOfInterfaces.get(name);
  if (input === undefined) throw new AppError('INTERNAL_SERVER_ERROR', `no input is declared for ${name}`);
  return input;
};

interface FieldOptions {
  readonly description?: string;
}

interface OptionalOptions extends FieldOptions {
  /** The server fills in what the caller leaves out. Default: false. */
  readonly generated?: boolean;
}

/** A required field: its GraphQL type and its documented rules. */
export const Required = (type: FieldType, options: FieldOptions = {}): PropertyDecorator =>
  field(type, { ...options, nullable: false, generated: false });

/** An optional field. */
export const Optional = (
  type: FieldType,
  { generated = false, ...options }: OptionalOptions = {},
): PropertyDecorator => field(type, { ...options, nullable: true, generated });

/** The field that names the object of the input: a class of refs.input.ts, under a name of object-ref.ts. */
export const Reference =
  (type: FieldType): PropertyDecorator =>
  (target, property) => {
    Field(type)(target, property as string);
    declareFieldType(target.constructor as InputClass, type);
    ValidateNested()(target, property);
  };

/** An `outRequestNo`. Repeating it with the same content returns the existing object. */
export const outRequestNo: OptionalOptions = {
  description:
    "The caller's idempotency key. Generated if absent. The same key with the same content returns the existing object; with other content it is refused.",
  generated: true,
};

const field =
  (
    type: FieldType,
    { generated, ...options }: FieldOptions & { readonly nullable: boolean; readonly generated: boolean },
  ): PropertyDecorator =>
  (target, property) => {
    Field(type, options)(target, property as string);
    documented(String(property), generated)(target, property);
    declareFieldType(target.constructor as InputClass, type);
    if (isInputClass([type()].flat()[0])) ValidateNested()(target, property);
  };

const documented = (property: string, generated: boolean): PropertyDecorator =>
  ruleDecorator('documented', {
    breachesOf(value, owner) {
      const place = placeOf(owner);
      const path = memberPath(place?.path ?? [], property, owner.constructor);
      const rule = place?.rules.of(place.interface, path.join('.'));
      if (place === undefined || rule === undefined)
        throw new AppError('INTERNAL_SERVER_ERROR', `no document has a rule for the field ${property}`);
      const { target }: InterfaceRules = interfaceRules[place.interface];
      const use = { generated, keepsWhenAbsent: target !== undefined };
      return documentedBreaches(value, { rule, use, owner });
    },
  });
