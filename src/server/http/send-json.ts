import type { ServerResponse } from 'node:http';

export const failure = (code: string, message: string): unknown => ({
  errors: [{ message, extensions: { code } }],
});

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(body));
};
