import type { CachePart, Scope } from '../traffic/call';
import { orAbsent, read, readItems, readPage, readTemplate, within, type Page, type Read } from './answers';
import type { InterfaceName } from './interfaces';
import type { Names } from './names';
import type { Perform } from './perform';
import type { CardTemplateRecord } from './records';
import { pageSize, type ReadScope, type TemplatePageRef, type TemplateRef } from './refs';
import type { UpstreamArguments } from './request';
import { showsSent } from './sent-values';
import type { Route } from './settings';
import { outcomeOfWrite, type Write } from './write-outcome';

/** The templates of a brand. */
export interface CardTemplates {
  cardTemplate(ref: TemplateRef, scope: ReadScope): Promise<Read<CardTemplateRecord> | undefined>;
  cardTemplates(ref: TemplatePageRef, scope: ReadScope): Promise<Page<CardTemplateRecord>>;
  createCardTemplate(args: UpstreamArguments, scope: Scope): Promise<Read<CardTemplateRecord>>;
  updateCardTemplate(args: UpstreamArguments, scope: Scope): Promise<Read<CardTemplateRecord>>;
  /** For good: no channel can offer the card afterwards. */
  invalidateCardTemplate(ref: TemplateRef, scope: Scope): Promise<Read<CardTemplateRecord>>;
}

export const createCardTemplates = (perform: Perform, names: Names): CardTemplates => {
  const part = (route: Route, data: unknown): CachePart => {
    const { brandId, cardId } = readTemplate(data);
    return {
      kind: 'cardTemplate',
      key: names.cardTemplate(route, brandId, cardId),
      subjects: [names.templatesOf(brandId)],
      data,
    };
  };

  const cardTemplates: CardTemplates['cardTemplates'] = async (
    { brandId, state, offset },
    { maxAgeMs, ...scope },
  ) => {
    const args = { brand_id: brandId, state, offset, limit: pageSize };
    const reply = await perform('LIST_CARD_TEMPLATES', args, scope, (route) => ({
      cache: {
        kind: 'cardTemplateList',
        key: names.cardTemplatePage(route, brandId, { state, offset }),
        subject: names.templatesOf(brandId),
        parts: (data) => (readPage(data).data ?? []).map((element) => part(route, element)),
        ...within(maxAgeMs),
      },
    }));
    return readItems(reply, readTemplate);
  };

  const cardTemplate: CardTemplates['cardTemplate'] = async ({ brandId, cardId }, { maxAgeMs, ...scope }) => {
    const reply = perform('GET_CARD_TEMPLATE', { brand_id: brandId, card_id: cardId }, scope, (route) => ({
      cache: {
        kind: 'cardTemplate',
        key: names.cardTemplate(route, brandId, cardId),
        subject: names.templatesOf(brandId),
        ...within(maxAgeMs),
      },
    }));
    return orAbsent(reply.then((answer) => read(answer, readTemplate)));
  };

  const write = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    tells: Partial<Omit<Write<Read<CardTemplateRecord>>, 'send' | 'read'>>,
  ): Promise<Read<CardTemplateRecord>> => {
    const brandId = String(args.brand_id);
    const { card_id: cardId } = args;
    return outcomeOfWrite({
      send: () =>
        perform(name, args, scope, (route) => ({
          writes: {
            subjects: () => [names.templatesOf(brandId)],
            ...(typeof cardId === 'string' && {
              object: () => names.aliasesOf('template', brandId, [cardId]),
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
  ): Promise<Read<CardTemplateRecord> | undefined> => {
    const brandId = String(args.brand_id);
    for (let offset = 0; ; offset += pageSize) {
      const { items, totalCount } = await cardTemplates({ brandId, offset }, { ...scope, maxAgeMs: 0 });
      const found = items.find(({ record }) => record.outRequestNo === args.out_request_no);
      if (found !== undefined || offset + pageSize >= totalCount) return found;
    }
  };

  return {
    cardTemplate,
    cardTemplates,
    // The request number tells whether it was created after all (create document: numbers are unique).
    createCardTemplate: (args, scope) =>
      write('CREATE_CARD_TEMPLATE', args, scope, {
        find: () => findByRequestNo(args, scope),
        shows: () => true,
      }),
    updateCardTemplate: (args, scope) =>
      write('UPDATE_CARD_TEMPLATE', args, scope, { shows: ({ record }) => showsSent(record, args) }),
    invalidateCardTemplate: ({ brandId, cardId }, scope) =>
      write('INVALIDATE_CARD_TEMPLATE', { brand_id: brandId, card_id: cardId }, scope, {
        shows: ({ record }) => record.state === 'CARD_INVALID',
      }),
  };
};
