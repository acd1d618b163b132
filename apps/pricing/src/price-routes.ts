/** Staff's routes to prices; every change is audited. */
import { changeByStaff } from '@souk/back-office/staff-command';
import { skuSchema } from '@souk/contracts/identifiers';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { pageQuery } from '@souk/kit/validate';
import { findArticles } from './article-store.ts';
import { changePrice } from './change-price.ts';
import { answerStale, answerVersioned, ifMatchSchema } from './etag.ts';
import { listPrices, type PricedArticle, readPricedArticles } from './list-prices.ts';
import { priceChangeSchema, pricedArticleSchema, pricedArticlesSchema, skuStartSchema } from './schemas.ts';

type StaffDeps = Pick<Deps, 'db' | 'newId' | 'wakeRelay'>;

const reading = { audience: 'staff', permission: 'prices.read' } as const;
const writing = { audience: 'staff', permission: 'prices.write' } as const;

/** Prices, by SKU. */
export function priceRoutes(deps: StaffDeps): Route[] {
  const params = { sku: skuSchema };
  return [
    {
      method: 'GET',
      path: '/admin/prices',
      operationId: 'listPrices',
      summary: 'What articles cost, by SKU; those that still need a price too',
      ...reading,
      query: { ...pageQuery, sku: skuStartSchema },
      responses: { 200: pricedArticlesSchema },
      handle: async ({ query }) => reply(200, await listPrices(deps.db, query as never)),
    },
    {
      method: 'GET',
      path: '/admin/prices/{sku}',
      operationId: 'getPrices',
      summary: 'What an article costs in each currency, and whether it is sold',
      ...reading,
      params,
      responses: { 200: pricedArticleSchema },
      async handle({ params: { sku } }) {
        const [article] = await readPricedArticles(deps.db, [sku!]);
        return answerVersioned(article ?? refuse('not-found'));
      },
    },
    {
      method: 'PUT',
      path: '/admin/prices/{sku}',
      operationId: 'setPrices',
      summary: 'Set what an article costs; currencies that are not named keep their price',
      ...writing,
      params,
      headers: { 'if-match': ifMatchSchema },
      body: priceChangeSchema,
      responses: { 200: pricedArticleSchema },
      problems: ['stale-etag'],
      handle: answerStale((input) => setPrices(deps, input)),
    },
  ];
}

async function setPrices(deps: StaffDeps, input: Input): Promise<Reply> {
  const { params, headers, body } = input as Input<{ prices: PricedArticle['prices'] }>;
  const sku = params.sku!;
  // Before the transaction: a snapshot in it would be too old for the end of the audit log.
  const [article] = await findArticles(deps.db, [sku]);
  return changeByStaff(deps, input, async (tx) => {
    const { before, after } = await changePrice(tx, {
      sku,
      prices: body.prices,
      ifMatch: headers['if-match'],
      article,
    });
    const change = {
      action: 'price.changed',
      entity: 'price',
      entityId: sku,
      before: before.prices,
      after: after.prices,
    };
    return { ...(before !== after && { change }), reply: answerVersioned(after) };
  });
}
