import { getMetadataStorage } from 'class-validator';
import { normalPhoneNumber } from '../../shared/phone-number';
import { snakeCase } from '../../wechatpay/records/decode';
import { keysIn, pathInInput } from './object-ref';
import { alternativesOf, chosenIn } from './alternatives';
import type { UpstreamArguments } from '../../wechatpay/api/request';

/**
 * Converts a validated input to WeChat Pay's names: camelCase becomes snake_case at every level, and alternatives become one flat
 * object. Phone numbers are normalised. `input` has the keys of its object in place of the reference (`withKeys`).
 */
export const toUpstream = (input: object): UpstreamArguments => convert(input) as UpstreamArguments;

const convert = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  const alternatives = alternativesOf(value.constructor);
  if (alternatives !== undefined) {
    const [name = '', members] = chosenIn(value) ?? [];
    const word = { [alternatives.tag]: alternatives.words.get(name) };
    return typeof members === 'object' ? { ...word, ...(convert(members) as object) } : word;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      snakeCase(key),
      key === 'phoneNumber' && typeof member === 'string' ? normalPhoneNumber(member) : convert(member),
    ]),
  );
};

/**
 * The reverse: converts a place in the request that WeChat Pay names to the path inside the input, as far as the input has it.
 * Returns `undefined` if the input has no such place.
 *
 * @param pointer a JSON Pointer such as `/user_information/common_field_list/0/name`, with or without `/body`, or a bare name
 */
export const inputPathOf = (pointer: string, input: object): readonly string[] | undefined => {
  const steps = pointer
    .replace(/\[(\d+)\]/g, '/$1')
    .split(/[/.]/)
    .filter((step) => step !== '');
  if (steps[0] === 'body' && !namesOf(input).includes('body')) steps.shift();
  const key = keysIn(input).find((candidate) => snakeCase(candidate) === steps[0]);
  if (key !== undefined) return pathInInput(key, input);
  const path: string[] = [];
  let place: unknown = input;
  for (const step of steps) {
    const within = insideAlternative(place, step);
    if (within === 'tag') break;
    if (within !== undefined) {
      path.push(within.name);
      place = within.value;
    }
    const name = Array.isArray(place)
      ? Object.keys(place).find((index) => index === step)
      : namesOf(place).find((candidate) => snakeCase(candidate) === step);
    if (name === undefined) break;
    path.push(name);
    place = Reflect.get(place as object, name);
  }
  return path.length === 0 ? undefined : path;
};

/** The chosen alternative if it has the member `step` of WeChat Pay's flat object; `tag` if the place is the object itself. */
const insideAlternative = (
  place: unknown,
  step: string,
): 'tag' | { readonly name: string; readonly value: unknown } | undefined => {
  if (typeof place !== 'object' || place === null) return undefined;
  const alternatives = alternativesOf(place.constructor);
  if (alternatives === undefined) return undefined;
  const [name = '', value] = chosenIn(place) ?? [];
  return step === alternatives.tag || !namesOf(value).some((member) => snakeCase(member) === step)
    ? 'tag'
    : { name, value };
};

/** The fields of an input, including those that were not sent: every field has a rule. */
const namesOf = (place: unknown): readonly string[] => {
  if (typeof place !== 'object' || place === null) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(place.constructor, '', false, false);
  return [...new Set([...Object.keys(place), ...rules.map(({ propertyName }) => propertyName)])];
};
