import { RESTDataSource } from '@apollo/datasource-rest';

const base = '/brand/card-member';

/** The interfaces of one brand as a RESTDataSource, with a life for what it read, as its documentation has it. */
export class MemberCardAPI extends RESTDataSource {
  constructor({ brand, cache, fetch, freshSeconds, upstream, forgetsAfterWrites }) {
    super({ cache, fetch });
    this.brand = brand;
    this.baseURL = upstream;
    this.freshSeconds = freshSeconds;
    this.forgetsAfterWrites = forgetsAfterWrites;
    this.store = cache;
  }

  cacheOptionsFor(url, response, request) {
    return request.method === 'GET' ? { ttl: this.freshSeconds } : undefined;
  }

  // Brand URLs do not name the brand.
  cacheKeyFor(url, request) {
    return `${this.brand.brandId} ${super.cacheKeyFor(url, request)}`;
  }

  cardTemplate({ cardId }) {
    return orNull(this.get(`${base}/cards/${encodeURIComponent(cardId)}`));
  }

  userCard(key) {
    return orNull(this.get(this.cardPath(key), { params: this.cardParams(key) }));
  }

  async updateUserCard({ level, attach, ...key }) {
    const { card_id, openid } = this.cardParams(key);
    const updated = await this.patch(this.cardPath(key), {
      body: { card_id, openid, ...(level == null ? {} : { level }), ...(attach == null ? {} : { attach }) },
    });
    if (this.forgetsAfterWrites) {
      const url = new URL(this.cardPath(key), this.baseURL);
      for (const [name, value] of Object.entries(this.cardParams(key))) url.searchParams.append(name, value);
      await this.store.delete(`httpcache:${this.cacheKeyFor(url, { method: 'GET' })}`);
    }
    return updated;
  }

  cardPath({ userCardCode }) {
    return `${base}/user-cards/${encodeURIComponent(userCardCode)}`;
  }

  cardParams({ cardId, openid }) {
    return { card_id: cardId, openid };
  }
}

const orNull = async (read) => {
  try {
    return await read;
  } catch (error) {
    if (error.extensions?.response?.status === 404) return null;
    throw error;
  }
};
