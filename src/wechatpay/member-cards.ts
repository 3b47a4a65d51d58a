import type { Bucket, CachePart, CacheRule, Call, Reply, Scope, Send, WriteRule } from '../traffic/call';
import { AppError } from '../shared/errors';
import {
  orAbsent,
  read,
  readItems,
  readPage,
  readTemplate,
  readUserCard,
  within,
  type Page,
  type Read,
} from './answers';
import { interfaces, type InterfaceName } from './interfaces';
import type { Names, UserCardName } from './names';
import type { CardTemplateRecord, UserCardRecord } from './records';
import { buildRequest, type UpstreamArguments } from './request';
import type { Route } from './settings';

/** The upstream returns at most this many objects a page (list documents: limit 1..20). */
export const pageSize = 20;

export interface ReadScope extends Scope {
  /** Oldest acceptable answer in milliseconds; 0 asks the upstream. */
  readonly maxAgeMs?: number | undefined;
}

export interface TemplateRef {
  readonly brandId: string;
  readonly cardId: string;
}
export interface UserCardRef extends UserCardName {
  readonly brandId: string;
}
/** `offset` is a multiple of `pageSize`, so that every caller shares the same cached pages. */
export interface TemplatePageRef {
  readonly brandId: string;
  readonly state?: string | undefined;
  readonly offset: number;
}
export interface UserCardPageRef extends TemplatePageRef {
  readonly openid: string;
}

/**
 * The member-card product as typed functions. Single reads answer `undefined` where WeChat Pay says, under its
 * signature, that there is no such object. All reject with AppError.
 */
export interface MemberCards {
  cardTemplate(ref: TemplateRef, scope: ReadScope): Promise<Read<CardTemplateRecord> | undefined>;
  cardTemplates(ref: TemplatePageRef, scope: ReadScope): Promise<Page<CardTemplateRecord>>;
  userCard(ref: UserCardRef, scope: ReadScope): Promise<Read<UserCardRecord> | undefined>;
  userCards(ref: UserCardPageRef, scope: ReadScope): Promise<Page<UserCardRecord>>;
  createCardTemplate(args: UpstreamArguments, scope: Scope): Promise<Read<CardTemplateRecord>>;
  importUserCardByPhone(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
  updateUserCard(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
  /** The bucket that a call of this interface for this brand spends. */
  bucketOf(name: InterfaceName, brandId: string): Bucket;
}

export interface MemberCardsParts {
  readonly send: Send;
  readonly names: Names;
  /** Whose key signs for the brand on one of these routes. Throws MISCONFIGURED where nobody's does. */
  readonly accountOf: (brandId: string, routes: readonly Route[]) => Call['account'];
  /** Calls per second of one interface on one route. */
  readonly limitOf: (name: InterfaceName, route: Route) => number;
}

export const createMemberCards = ({ send, names, accountOf, limitOf }: MemberCardsParts): MemberCards => {
  const bucketFor = (name: InterfaceName, account: Call['account']): Bucket => ({
    id: `${account.route === 'brand' ? 'brand' : 'mchid'}/${account.id}/${name}`,
    callsPerSecond: limitOf(name, account.route),
  });

  const perform = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    rules: Rules,
  ): Promise<Reply> => {
    const brandId = String(args.brand_id);
    const account = accountOf(brandId, interfaces[name].routes);
    return send({
      ...scope,
      name,
      brandId,
      account,
      bucket: bucketFor(name, account),
      repeat: interfaces[name].repeat,
      request: buildRequest(name, account.route, args),
      ...rules(account.route),
    });
  };

  const templatePart = (route: Route, data: unknown): CachePart => {
    const { brandId, cardId } = readTemplate(data);
    return {
      kind: 'cardTemplate',
      key: names.cardTemplate(route, brandId, cardId),
      subject: names.templatesOf(brandId),
      data,
    };
  };
  const userCardPart = (route: Route, data: unknown): CachePart => {
    const record = readUserCard(data);
    return {
      kind: 'userCard',
      key: names.userCard(route, record.brandId, record),
      subject: names.cardsOf(record.brandId, record.openid),
      data,
    };
  };

  const templatePage = async (
    { brandId, state, offset }: TemplatePageRef,
    { maxAgeMs, ...scope }: ReadScope,
  ): Promise<Page<CardTemplateRecord>> => {
    const args = { brand_id: brandId, state, offset, limit: pageSize };
    const reply = await perform('LIST_CARD_TEMPLATES', args, scope, (route) => ({
      cache: {
        kind: 'cardTemplateList',
        key: names.cardTemplatePage(route, brandId, { state, offset }),
        subject: names.templatesOf(brandId),
        parts: (data) => (readPage(data).data ?? []).map((element) => templatePart(route, element)),
        ...within(maxAgeMs),
      },
    }));
    return readItems(reply, readTemplate);
  };

  const findTemplate = async (
    args: UpstreamArguments,
    scope: Scope,
  ): Promise<Read<CardTemplateRecord> | undefined> => {
    const brandId = String(args.brand_id);
    for (let offset = 0; ; offset += pageSize) {
      const { items, totalCount } = await templatePage({ brandId, offset }, { ...scope, maxAgeMs: 0 });
      const found = items.find(({ record }) => record.outRequestNo === args.out_request_no);
      if (found !== undefined || offset + pageSize >= totalCount) return found;
    }
  };

  return {
    cardTemplates: templatePage,

    async cardTemplate({ brandId, cardId }, { maxAgeMs, ...scope }) {
      const reply = perform('GET_CARD_TEMPLATE', { brand_id: brandId, card_id: cardId }, scope, (route) => ({
        cache: {
          kind: 'cardTemplate',
          key: names.cardTemplate(route, brandId, cardId),
          subject: names.templatesOf(brandId),
          ...within(maxAgeMs),
        },
      }));
      return orAbsent(reply.then((answer) => read(answer, readTemplate)));
    },

    async userCard(ref, { maxAgeMs, ...scope }) {
      const { brandId, cardId, openid, userCardCode } = ref;
      const args = { brand_id: brandId, card_id: cardId, openid, user_card_code: userCardCode };
      const reply = perform('GET_USER_CARD', args, scope, (route) => ({
        cache: {
          kind: 'userCard',
          key: names.userCard(route, brandId, ref),
          subject: names.cardsOf(brandId, openid),
          ...within(maxAgeMs),
        },
      }));
      return orAbsent(reply.then((answer) => read(answer, readUserCard)));
    },

    async userCards({ brandId, openid, state, offset }, { maxAgeMs, ...scope }) {
      const args = { brand_id: brandId, openid, user_card_state: state, offset, limit: pageSize };
      const reply = await perform('LIST_USER_CARDS', args, scope, (route) => ({
        cache: {
          kind: 'userCardList',
          key: names.userCardPage(route, brandId, { openid, state, offset }),
          subject: names.cardsOf(brandId, openid),
          parts: (data) => (readPage(data).data ?? []).map((element) => userCardPart(route, element)),
          ...within(maxAgeMs),
        },
      }));
      return readItems(reply, readUserCard);
    },

    async createCardTemplate(args, scope) {
      try {
        const reply = await perform('CREATE_CARD_TEMPLATE', args, scope, (route) => ({
          writes: {
            subject: names.templatesOf(String(args.brand_id)),
            parts: (data) => [templatePart(route, data)],
          },
        }));
        return read(reply, readTemplate);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'OUTCOME_UNKNOWN') throw error;
        // The request number tells whether it was created after all (create document: numbers are unique).
        const created = await findTemplate(args, scope);
        if (created === undefined) throw error;
        return created;
      }
    },

    async importUserCardByPhone(args, scope) {
      const reply = await perform('IMPORT_USER_CARD_BY_PHONE', args, scope, (route) => ({
        writes: { parts: (data) => [userCardPart(route, data)] },
      }));
      return read(reply, readUserCard);
    },

    async updateUserCard(args, scope) {
      const reply = await perform('UPDATE_USER_CARD', args, scope, (route) => ({
        writes: {
          subject: names.cardsOf(String(args.brand_id), String(args.openid)),
          parts: (data) => [userCardPart(route, data)],
        },
      }));
      return read(reply, readUserCard);
    },

    bucketOf: (name, brandId) => bucketFor(name, accountOf(brandId, interfaces[name].routes)),
  };
};

type Rules = (route: Route) => { readonly cache?: CacheRule; readonly writes?: WriteRule };
