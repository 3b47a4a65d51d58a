import { refusals, type RefusalName } from './refusals';

/** The documents' `detail` of an error: which member, and what is wrong with it. */
export interface Flaw {
  /** Path inside the request, such as `user_information.common_field_list[0].name`. */
  readonly path: string;
  readonly issue: string;
  /** Default: where the interface takes its arguments. */
  readonly location?: 'authorization' | 'header';
}

/** A refusal: status, code and Chinese sentence as printed by WeChat Pay. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly more: { readonly number?: number; readonly flaw?: Flaw } = {},
  ) {
    super(message);
  }
}

/** A business refusal of the documents' error tables. */
export const refused = (name: RefusalName): Failure => {
  const { status, code, message } = refusals[name];
  return new Failure(status, code, message);
};

/** Numbers that end the Request-ID, where the documents print them (brand 4022247862, partner 4023146634). */
export const requestNumbers = {
  ok: 0,
  rateLimited: 268_575_819,
  badParameter: 268_575_822,
  badTime: 268_576_040,
  emptyImage: 268_576_481,
  imageTooLarge: 268_576_482,
  imageType: 268_576_483,
  imageName: 268_576_484,
  imageDigest: 268_576_485,
  imageMeasures: 268_576_501,
  unknownParameter: 270_924_358,
  /** Made up: stands for every number that no document prints, and names no case. */
  undocumented: 268_435_456,
} as const;

const numberOfSentence: ReadonlyMap<string, number> = new Map(
  Object.values(refusals).flatMap(({ message, number }): [string, number][] =>
    number === undefined ? [] : [[message, number]],
  ),
);

/** The number that ends the Request-ID of a refusal. */
export const numberOf = ({ message, more }: Failure): number =>
  more.number ?? numberOfSentence.get(message) ?? requestNumbers.undocumented;

export const paramError = (message: string, number?: number): Failure =>
  new Failure(400, 'PARAM_ERROR', message, number === undefined ? {} : { number });
export const invalidRequest = (message: string, number?: number): Failure =>
  new Failure(400, 'INVALID_REQUEST', message, number === undefined ? {} : { number });

/** The documents' general refusal of a value. */
export const brokenRule = (path: string, issue: string): Failure =>
  new Failure(400, 'PARAM_ERROR', `参数错误：${path}${issue}`, {
    number: requestNumbers.badParameter,
    flaw: { path, issue },
  });
