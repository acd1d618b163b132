/** Inventory: what is in stock, what is promised to whom, and every piece that ever came or went. */
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { ServiceDefinition } from '@souk/kit/service';
import { alarmOnOldReservations } from './alarm-on-old-reservations.ts';
import { announceStock } from './announce-stock.ts';
import { restockCancelled } from './restock-cancelled.ts';
import { routes } from './routes.ts';
import { sellStock } from './sell-stock.ts';

const announceEveryMs = 1_000;
const alarmEveryMs = 3_600_000;

export const inventory: ServiceDefinition = {
  name: 'inventory',
  hasDatabase: true,
  secrets: [],
  build: (deps) => ({
    routes: routes(deps),
    events: {
      'order.confirmed': (event) => sellStock(deps, event),
      'order.cancelled': (event) => restockCancelled(deps, event),
    },
    start() {
      const { log } = deps;
      const running = [
        startPeriodicWork({
          name: 'announce-stock',
          everyMs: announceEveryMs,
          log,
          work: () => announceStock(deps),
        }),
        startPeriodicWork({
          name: 'alarm-on-old-reservations',
          everyMs: alarmEveryMs,
          log,
          work: () => alarmOnOldReservations(deps),
        }),
      ];
      return {
        async stop() {
          await Promise.all(running.map((work) => work.stop()));
        },
      };
    },
  }),
};
