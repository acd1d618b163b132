/** SQL on the outbox beyond sending: what was handed out about a customer goes with the customer. */
import type { Transaction } from '@souk/kit/db';

export async function deleteExportsOf(tx: Transaction, customerId: string): Promise<void> {
  await tx('outbox').where({ topic: 'export.completed', subject: customerId }).delete();
}
