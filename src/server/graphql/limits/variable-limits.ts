import type { AppError } from '../../../shared/errors';
import { overLimit } from './refused';

export interface VariableLimits {
  readonly variables: number;
  readonly variableDepth: number;
  readonly variableBytes: number;
  readonly listEntries: number;
}

/** The limit that a request's variables exceed, checked before coercion; `undefined` if none. */
export const variableFault = (
  variables: Readonly<Record<string, unknown>>,
  limits: VariableLimits,
): AppError | undefined => {
  const names = Object.keys(variables);
  if (names.length > limits.variables)
    return overLimit([
      `A request may have at most ${limits.variables} variables`,
      `请求最多包含 ${limits.variables} 个变量`,
    ]);
  for (const value of Object.values(variables)) {
    const fault = valueFault(value, { ...limits, level: 1 });
    if (fault !== undefined) return fault;
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > limits.variableBytes)
    return overLimit([
      `The variables may have at most ${limits.variableBytes} bytes`,
      `变量最多 ${limits.variableBytes} 字节`,
    ]);
  return undefined;
};

/** Descends no further than the limit, so that nesting cannot exhaust the stack. */
const valueFault = (
  value: unknown,
  { level, ...limits }: VariableLimits & { readonly level: number },
): AppError | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (level > limits.variableDepth)
    return overLimit([
      `A variable may be nested at most ${limits.variableDepth} deep`,
      `变量嵌套最多 ${limits.variableDepth} 层`,
    ]);
  if (Array.isArray(value) && value.length > limits.listEntries)
    return overLimit([
      `A list may have at most ${limits.listEntries} entries`,
      `列表最多包含 ${limits.listEntries} 项`,
    ]);
  for (const member of Object.values(value)) {
    const fault = valueFault(member, { ...limits, level: level + 1 });
    if (fault !== undefined) return fault;
  }
  return undefined;
};
