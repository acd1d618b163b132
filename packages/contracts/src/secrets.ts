/** Who may read which secret from the secret store; every other read is denied by the sidecar. */
import type { ServiceName } from './ports.ts';

/** Service → names of its secrets. A service with a database has its password under `database-<service>`. */
export const secretsOf: Readonly<Record<ServiceName, readonly string[]>> = Object.freeze({
  catalog: ['database-catalog'],
  pricing: ['database-pricing'],
  inventory: ['database-inventory'],
  cart: ['cart-token-key'],
  orders: ['database-orders', 'order-token-key'],
  payments: ['database-payments', 'psp-api-key', 'psp-webhook-secret'],
  notifications: ['database-notifications'],
  identity: ['database-identity', 'identity-key', 'owner-password'],
  shipping: ['database-shipping'],
  recommendations: [],
});

/** Whether a service has a schema in the shop's database. */
export function hasDatabase(service: ServiceName): boolean {
  return secretsOf[service].includes(`database-${service}`);
}
