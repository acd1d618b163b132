/** What staff may do, by role. A token names roles; what they allow is decided here, the same in every service. */

/** A staff route names exactly one of these. */
export const permissions = Object.freeze([
  'products.read',
  'products.write',
  'prices.read',
  'prices.write',
  'stock.read',
  'stock.write',
  'orders.read',
  'orders.write',
  'refunds.write',
  'shipments.read',
  'shipments.write',
  'customers.read',
  'customers.write',
  'staff.read',
  'staff.write',
  'keys.write',
  'events.read',
  'events.write',
  'audit.read',
] as const);
export type Permission = (typeof permissions)[number];

const table = {
  owner: permissions,
  catalogue: ['products.read', 'products.write', 'prices.read', 'prices.write', 'stock.read'],
  support: [
    'products.read',
    'prices.read',
    'stock.read',
    'orders.read',
    'orders.write',
    'refunds.write',
    'shipments.read',
    'customers.read',
    'customers.write',
  ],
  warehouse: [
    'products.read',
    'stock.read',
    'stock.write',
    'orders.read',
    'shipments.read',
    'shipments.write',
  ],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof table;

/** Every role, the mightiest first. */
export const roles = Object.freeze(Object.keys(table)) as readonly Role[];

/** Role → what it allows. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = Object.freeze(table);

/** Whether one of these roles allows it; a role that nobody knows allows nothing. */
export function mayDo(granted: readonly string[], permission: Permission): boolean {
  return granted.some(
    (role) =>
      Object.hasOwn(permissionsOf, role) &&
      (permissionsOf[role as Role] as readonly Permission[]).includes(permission),
  );
}
