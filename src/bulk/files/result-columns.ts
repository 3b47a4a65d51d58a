import type { Texts } from '../../shared/language';

/** The columns that a file of results has after the user's own: [English, Chinese]. No export of another program has these names. */
export const resultColumns = {
  state: ['result: state', '结果：状态'],
  code: ['result: code', '结果：代码'],
  message: ['result: message', '结果：说明'],
  openid: ['result: openid', '结果：openid'],
} as const satisfies Readonly<Record<string, Texts>>;

export type ResultColumn = keyof typeof resultColumns;

export const resultColumnNames = Object.keys(resultColumns) as readonly ResultColumn[];
