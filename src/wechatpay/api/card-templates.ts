import type { CachePart, Scope } from '../../traffic/calls/call';
import {
  orAbsent,
  read,
  readItems,
  readParts,
  readable,
  readTemplate,
  type ReadPage,
  type ReadResult,
} from './reads';
import type { InterfaceName } from './interfaces';
import type { CacheKeys } from './cache-keys';
import type { CallInterface } from './call-interface';
import type { CardTemplateRecord } from '../records/records';
import { pageSize, type ReadScope, type TemplatePageKey, type TemplateKey } from './refs';
import type { UpstreamArguments } from './request';
import { isUsedNumber, maxReadBackPages } from './request-number';
import { showsSent } from './sent-values';
import type { Route } from '../settings';
import { outcomeOfWrite, type Write } from './write-outcome';
import { defined } from '../../shared/defined';

/** The templates of a brand. */
export interface CardTemplates {
  cardTemplate(ref: TemplateKey, scope: ReadScope): Promise<ReadResult<CardTemplateRecord> | undefined>;
  cardTemplates(ref: TemplatePageKey, scope: ReadScope): Promise<ReadPage<CardTemplateRecord>>;
  createCardTemplate(args: UpstreamArguments, scope: Scope): Promise<ReadResult<CardTemplateRecord>>;
  updateCardTemplate(args: UpstreamArguments, scope: Scope): Promise<ReadResult<CardTemplateRecord>>;
  /** Permanent: afterwards no channel can offer the card. */
  invalidateCardTemplate(args: UpstreamArguments, scope: Scope): Promise<ReadResult<CardTemplateRecord>>;
}

export const createCardTemplates = (callInterface: CallInterface, cacheKeys: CacheKeys): CardTemplates => {
  const part = (route: Route, data: unknown): CachePart => {
    const { brandId, cardId } = readTemplate(data);
    return {
      kind: 'cardTemplate',
      key: cacheKeys.cardTemplate(route, brandId, cardId),
      subjects: [cacheKeys.templateSubject(brandId)],
      data,
    };
  };

  const cardTemplates: CardTemplates['cardTemplates'] = async (
    { brandId, state, offset },
    { maxAgeMs, ...scope },
  ) => {
    const args = { brand_id: brandId, state, offset, limit: pageSize };
    const reply = await callInterface('LIST_CARD_TEMPLATES', args, scope, (route) => ({
      cache: {
        kind: 'cardTemplateList',
        key: cacheKeys.cardTemplatePage(route, brandId, { state, offset }),
        subject: cacheKeys.templateSubject(brandId),
        parts: (data) => readParts(data, (element) => [part(route, element)]),
        ...defined({ maxAgeMs }),
      },
    }));
    return readItems(reply, readTemplate);
  };

  const cardTemplate: CardTemplates['cardTemplate'] = async ({ brandId, cardId }, { maxAgeMs, ...scope }) => {
    const reply = callInterface(
      'GET_CARD_TEMPLATE',
      { brand_id: brandId, card_id: cardId },
      scope,
      (route) => ({
        cache: {
          kind: 'cardTemplate',
          key: cacheKeys.cardTemplate(route, brandId, cardId),
          subject: cacheKeys.templateSubject(brandId),
          ...defined({ maxAgeMs }),
        },
      }),
    );
    return orAbsent(reply.then((answer) => read(answer, readTemplate)));
  };

  const write = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    tells: Partial<Omit<Write<ReadResult<CardTemplateRecord>>, 'send' | 'read'>>,
  ): Promise<ReadResult<CardTemplateRecord>> => {
    const brandId = String(args.brand_id);
    const { card_id: cardId } = args;
    return outcomeOfWrite({
      send: () =>
        callInterface(name, args, scope, (route) => ({
          writes: {
            subjects: () => [cacheKeys.templateSubject(brandId)],
            ...(typeof cardId === 'string' && {
              object: () => cacheKeys.aliasesOf('template', brandId, [cardId]),
            }),
            parts: (data) => [part(route, data)],
          },
        })),
      read: (reply) => read(reply, readTemplate),
      find: () => cardTemplate({ brandId, cardId: String(cardId) }, { ...scope, maxAgeMs: 0 }),
      ...tells,
    });
  };

  const findByRequestNo = async (
    args: UpstreamArguments,
    scope: Scope,
    maxPages: number,
  ): Promise<ReadResult<CardTemplateRecord> | undefined> => {
    const brandId = String(args.brand_id);
    for (let offset = 0; offset < maxPages * pageSize; offset += pageSize) {
      const { items, totalCount } = await cardTemplates({ brandId, offset }, { ...scope, maxAgeMs: 0 });
      const found = readable(items).find(({ record }) => record.outRequestNo === args.out_request_no);
      if (found !== undefined || offset + pageSize >= totalCount) return found;
    }
    return undefined;
  };

  return {
    cardTemplate,
    cardTemplates,
    // Request numbers are unique (create document). The same one with the same content is the same request, sent again.
    createCardTemplate: (args, scope) =>
      write('CREATE_CARD_TEMPLATE', args, scope, {
        find: (_, afterRefusal = false) =>
          findByRequestNo(args, scope, afterRefusal ? maxReadBackPages : Infinity),
        mayBeEcho: isUsedNumber,
        shows: ({ record }) => showsSent(record, args),
      }),
    updateCardTemplate: (args, scope) =>
      write('UPDATE_CARD_TEMPLATE', args, scope, { shows: ({ record }) => showsSent(record, args) }),
    invalidateCardTemplate: (args, scope) =>
      write('INVALIDATE_CARD_TEMPLATE', args, scope, {
        shows: ({ record }) => record.state === 'CARD_INVALID',
      }),
  };
};
