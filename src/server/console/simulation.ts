import type { IncomingMessage } from 'node:http';
import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { notFound } from '../http/no-route';
import { gone, readBody } from '../http/read-body';
import type { Handler, Routes } from '../http/router';
import { sendFailure } from '../http/send-failure';
import { sendJson } from '../http/send-json';

/** The card of a made-up user. */
export interface SimulatedCard {
  readonly brandId: string;
  readonly openid: string;
  readonly userCardCode: string;
}

/** What made-up users do. Both return `undefined` if the brand or the card does not exist, or the card has ended. */
export interface Simulation {
  readonly openCard: (brandId: string) => SimulatedCard | undefined;
  readonly deleteCard: (card: {
    readonly brandId: string;
    readonly userCardCode: string;
  }) => SimulatedCard | undefined;
}

const maxBytes = 1_024;

/** The routes by which the console lets made-up users act. They exist only with the sandbox. */
export const createSimulation = (path: string, { openCard, deleteCard }: Simulation): Routes => ({
  [`${path}/open-card`]: {
    methods: ['POST'],
    handle: withBody(({ brandId }) => (brandId === undefined ? undefined : openCard(brandId))),
  },
  [`${path}/delete-card`]: {
    methods: ['POST'],
    handle: withBody(({ brandId, userCardCode }) =>
      brandId === undefined || userCardCode === undefined ? undefined : deleteCard({ brandId, userCardCode }),
    ),
  },
});

const withBody =
  (act: (members: Readonly<Record<string, string | undefined>>) => SimulatedCard | undefined): Handler =>
  async (request, response) => {
    // Pages of other sites cannot add the header without a preflight, which is not answered.
    if (request.headers['x-console'] === undefined) return notFound(request, response);
    const members = await readMembers(request);
    const done = members && act(members);
    if (done === undefined) sendFailure(request, response, { status: 404, error: noCard() });
    else sendJson(response, 200, done);
  };

const noCard = (): AppError =>
  new AppError('NOT_FOUND', 'a made-up user has no such card', {
    publicMessage: [
      'The sandbox has no such card, or it has ended.',
      '模拟服务中没有这张会员卡，或该卡已失效。',
    ],
  });

/** The texts of a JSON body; `undefined` if it is no object or too long. */
const readMembers = async (
  request: IncomingMessage,
): Promise<Readonly<Record<string, string | undefined>> | undefined> => {
  const body = await readBody(request, maxBytes);
  if (body === undefined || body === gone) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isRecord(parsed)) return undefined;
    return Object.fromEntries(
      Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
    );
  } catch {
    return undefined;
  }
};
