/** Catalog: what there is to buy, and how it is found. */
import { join } from 'node:path';
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import type { Database } from '@souk/kit/db';
import { reapKeys } from '@souk/kit/idempotency';
import { openApiOf } from '@souk/kit/openapi';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { Route } from '@souk/kit/routes';
import type { BuiltService, ServiceDefinition } from '@souk/kit/service';
import joi from 'joi';
import { readApiDocs } from './api-docs.ts';
import { applyPrice, applyStock, type Level } from './copies-store.ts';
import { readMedia } from './media.ts';
import { pageRoutes } from './page-routes.ts';
import { pictureReader } from './pictures.ts';
import { routes } from './routes.ts';
import { createShelf, lookEveryMs, rereadEveryMs, type Shelf } from './shelf.ts';
import { staffRoutes } from './staff-routes.ts';

const reapEveryMs = 3_600_000;

interface CatalogConfig {
  /** Folder of the pictures. */
  MEDIA_FOLDER: string;
  /** The OpenAPI document of the whole shop, merged when the shop is put together; without it there is only our own. */
  OPENAPI_FILE: string;
}

export const catalog: ServiceDefinition<CatalogConfig> = {
  name: 'catalog',
  config: {
    MEDIA_FOLDER: joi.string().default(join(import.meta.dirname, '../media')),
    OPENAPI_FILE: joi.string().default(join(import.meta.dirname, '../../../.souk/openapi.json')),
  },
  hasDatabase: true,
  secrets: [],
  build(deps) {
    const { db, config, log } = deps;
    const shelf = createShelf(db);
    const media = readMedia(config.MEDIA_FOLDER);
    const events = eventHandlers(db, shelf);
    const reading = { db, shelf, media };
    const all: Route[] = [
      ...routes(reading),
      ...pageRoutes({ readPicture: pictureReader(deps, media), api: () => api }),
      ...staffRoutes({ ...deps, ...reading }),
      ...deadEventRoutes('catalog', events, deps),
      ...auditRoutes('catalog', deps),
    ];
    const api = readApiDocs(config.OPENAPI_FILE, openApiOf('catalog', all));
    return {
      routes: all,
      events,
      // Else the first searches would wait for all products to be read.
      prepare: shelf.look,
      start() {
        const works = [
          startPeriodicWork({ name: 'reap-keys', everyMs: reapEveryMs, log, work: () => reapKeys(db) }),
          startPeriodicWork({ name: 'look-for-changes', everyMs: lookEveryMs, log, work: shelf.look }),
          startPeriodicWork({ name: 'reread-products', everyMs: rereadEveryMs, log, work: shelf.reread }),
        ];
        return { stop: async () => void (await Promise.all(works.map((work) => work.stop()))) };
      },
    };
  },
};

function eventHandlers(db: Database, shelf: Shelf): NonNullable<BuiltService['events']> {
  return {
    async 'stock.changed'({ payload }) {
      const listed = await applyStock(db, payload.levels);
      const skus = (payload.levels as Level[]).map(({ sku }) => sku);
      shelf.drop(skus, listed.size > 0);
    },
    async 'price.changed'({ payload, version }) {
      const { sku, currency, price } = payload;
      await applyPrice(db, { sku, currency, amount: price.amount, version });
      shelf.drop([sku], true);
    },
  };
}
