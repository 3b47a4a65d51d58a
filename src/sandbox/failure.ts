/** A documented error: status, code and Chinese message as printed by WeChat Pay. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const paramError = (message: string): Failure => new Failure(400, 'PARAM_ERROR', message);
export const invalidRequest = (message: string): Failure => new Failure(400, 'INVALID_REQUEST', message);
export const notFound = (message: string): Failure => new Failure(404, 'NOT_FOUND', message);
export const signError = (message: string): Failure => new Failure(401, 'SIGN_ERROR', message);
