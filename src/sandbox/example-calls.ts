import type { Route } from './routing';
import { firstExample, secondExample } from './seed';

/** A call of the control API that works when pasted into a shell. */
export interface ExampleCall {
  readonly does: string;
  readonly command: string;
}

/** In the order in which they make sense. */
export const exampleCalls = (url: string, route: Route): readonly ExampleCall[] => {
  const post = (path: string, body?: object): string =>
    `curl -s -X POST ${url}/sandbox/${path}${body === undefined ? '' : ` -d '${JSON.stringify(body)}'`}`;
  const { brandId, cardId } = firstExample;
  const { userCardCode } = secondExample;
  return [
    { does: 'A user opens a card', command: post('users/open', { brandId, cardId, route }) },
    { does: 'A user deletes a card', command: post('users/delete', { brandId, userCardCode, route }) },
    { does: 'WeChat Pay sends the last notification again', command: post('deliveries/resend') },
  ];
};
