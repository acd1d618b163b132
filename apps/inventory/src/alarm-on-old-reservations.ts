/** A reservation has no clock of its own, orders decides; one that is still open after a day is a fault for a person. */
import type { Deps } from '@souk/kit/service';
import { countOldReservations } from './reservation-store.ts';

const tooOldHours = 24;

/** Logs an alarm if there are reservations older than 24 h. */
export async function alarmOnOldReservations({ db, log }: Pick<Deps, 'db' | 'log'>): Promise<void> {
  const count = await countOldReservations(db, tooOldHours);
  if (count > 0) log.error('reservation.too-old', { count });
}
