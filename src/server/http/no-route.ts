import { AppError } from '../../shared/errors';
import { responseHeader } from './headers';
import { allowOf } from './method';
import type { Handler, Method } from './router';
import { sendFailure } from './send-failure';

export const notFound: Handler = (request, response) => {
  sendFailure(request, response, { status: 404, error: nothingHere() });
};

/** Refuses a request whose path has a route, but not for its method. */
export const refuseMethod =
  (methods: readonly Method[]): Handler =>
  (request, response) => {
    const allowed = allowOf(methods);
    response.setHeader(responseHeader.allow, allowed);
    sendFailure(request, response, { status: 405, error: otherMethod(allowed) });
  };

const nothingHere = (): AppError =>
  new AppError('NOT_FOUND', 'no route', {
    publicMessage: [
      'There is nothing at this path; the path of GraphQL ends in /graphql.',
      '该路径不存在；GraphQL 的路径以 /graphql 结尾。',
    ],
  });

const otherMethod = (allowed: string): AppError =>
  new AppError('BAD_REQUEST', 'another method', {
    publicMessage: [`This path takes ${allowed} only.`, `该路径仅支持 ${allowed.replaceAll(', ', '、')}。`],
  });
