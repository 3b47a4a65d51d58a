import { getNullableType, isEnumType, isInputObjectType, isListType, type GraphQLInputType } from 'graphql';
import type { Sentence } from './fault';

/** What a value of a scalar looks like, if its name does not say so. */
const scalars: Readonly<Record<string, Sentence>> = {
  Int: ['a whole number of at most 31 bits', '31 位以内的整数'],
  SafeInt: ['a whole number within ±(2^53 − 1)', '±(2^53 − 1) 以内的整数'],
  Float: ['a number', '数字'],
  String: ['text', '字符串'],
  Boolean: ['true or false', 'true 或 false'],
  ID: ['text; send numbers as strings', '字符串；数字也请以字符串发送'],
  DateTime: ['text such as 2015-05-20T13:29:35+08:00', '形如 2015-05-20T13:29:35+08:00 的字符串'],
};

/** `"Int" (a whole number …)`: the type a value should have, built from the schema alone. */
export const expected = (type: GraphQLInputType): Sentence => {
  const plain = getNullableType(type);
  const shown = `"${String(type)}"`;
  if (isListType(plain)) return [`${shown} (a list)`, `${shown}（列表）`];
  if (isInputObjectType(plain)) return [`${shown} (an object)`, `${shown}（对象）`];
  if (isEnumType(plain)) return [`${shown} (a value of this enum)`, `${shown}（该枚举的值）`];
  const form = scalars[plain.name];
  return form === undefined ? [shown, shown] : [`${shown} (${form[0]})`, `${shown}（${form[1]}）`];
};

/** An ID is text. A number is accepted only if no reader would round it or write it differently. */
export const numberForId: Sentence = [
  'this number cannot be used as an ID without changing it; send it as a string',
  '该数字用作 ID 时会失真，请以字符串发送',
];
