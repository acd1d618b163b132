/** Inventory: what is in stock, what is promised to whom, and every piece that ever came or went. */
import { auditRoutes } from '@souk/back-office/audit-routes';
import { deadEventRoutes } from '@souk/back-office/dead-event-routes';
import { reapKeys } from '@souk/kit/idempotency';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import type { BuiltService, Deps, ServiceDefinition } from '@souk/kit/service';
import { alarmOnOldReservations } from './alarm-on-old-reservations.ts';
import { announceStock } from './announce-stock.ts';
import { keepDeadEvent } from './keep-dead-event.ts';
import { restockCancelled } from './restock-cancelled.ts';
import { reservationRoutes } from './routes.ts';
import { sellStock } from './sell-stock.ts';
import { staffRoutes } from './staff-routes.ts';

const announceEveryMs = 1_000;
const alarmEveryMs = 3_600_000;
const reapEveryMs = 600_000;

export const inventory: ServiceDefinition = {
  name: 'inventory',
  hasDatabase: true,
  secrets: [],
  build(deps) {
    const events: NonNullable<BuiltService['events']> = {
      'order.confirmed': (event) => sellStock(deps, event),
      'order.cancelled': (event) => restockCancelled(deps, event),
    };
    const routes = [
      ...reservationRoutes(deps),
      ...staffRoutes(deps),
      ...deadEventRoutes('inventory', events, deps),
      ...auditRoutes('inventory', deps),
    ];
    return { routes, events, keepDead: keepDeadEvent(deps), start: () => startTimers(deps) };
  },
};

function startTimers(deps: Deps): { stop(): Promise<void> } {
  const timers = [
    { name: 'announce-stock', everyMs: announceEveryMs, work: () => announceStock(deps) },
    { name: 'alarm-on-old-reservations', everyMs: alarmEveryMs, work: () => alarmOnOldReservations(deps) },
    { name: 'reap-keys', everyMs: reapEveryMs, work: () => reapKeys(deps.db) },
  ];
  const running = timers.map((timer) => startPeriodicWork({ ...timer, log: deps.log }));
  return {
    async stop() {
      await Promise.all(running.map((work) => work.stop()));
    },
  };
}
