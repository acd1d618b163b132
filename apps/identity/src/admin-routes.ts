/** Routes of staff: customers, colleagues, signing keys. */
import { createByStaff } from '@souk/back-office/staff-command';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import { idempotencyKeySchema } from '@souk/kit/validate';
import joi from 'joi';
import type { Account } from './account.ts';
import { findAccount, listAccounts } from './account-store.ts';
import { changeCustomer, changeStaff, inviteStaff } from './change-account.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { newKey, putNext } from './key-ring.ts';
import * as schemas from './schemas.ts';
import { listLiveKeys } from './signing-key-store.ts';

const keyed = {
  headers: { 'idempotency-key': idempotencyKeySchema },
  problems: [
    'idempotency-key-required' as const,
    'idempotency-key-reused' as const,
    'idempotency-key-in-use' as const,
  ],
};

export function customerAdminRoutes(deps: IdentityDeps): Route[] {
  const path = '/admin/customers';
  const one = { path: `${path}/{id}`, params: schemas.idParams, problems: ['not-found' as const] };
  return [
    {
      method: 'GET',
      path,
      operationId: 'listCustomers',
      summary: 'Customers, newest first; by mail address, or by how the name begins',
      audience: 'staff',
      permission: 'customers.read',
      query: { ...schemas.listQuery, q: joi.string().trim().min(1).max(254) },
      responses: { 200: schemas.pageOf(schemas.customerSchema) },
      handle: (input) => list(deps, input, 'customer', schemas.customerOf),
    },
    {
      ...one,
      method: 'GET',
      operationId: 'readCustomer',
      summary: 'One customer',
      audience: 'staff',
      permission: 'customers.read',
      responses: { 200: schemas.customerSchema },
      async handle({ params }) {
        const account = await findAccount(deps.db, params.id!);
        if (account?.kind !== 'customer') return refuse('not-found');
        return reply(200, schemas.customerOf(account));
      },
    },
    {
      ...one,
      method: 'PATCH',
      operationId: 'changeCustomer',
      summary: 'Disable a customer, which ends all sessions, or let them in again',
      audience: 'staff',
      permission: 'customers.write',
      body: schemas.customerChangeSchema,
      responses: { 200: schemas.customerSchema },
      handle: (input) => changeCustomer(deps, input),
    },
  ];
}

export function staffAdminRoutes(deps: IdentityDeps): Route[] {
  const path = '/admin/staff';
  return [
    {
      method: 'GET',
      path,
      operationId: 'listStaff',
      summary: 'Members of staff, newest first',
      audience: 'staff',
      permission: 'staff.read',
      query: schemas.listQuery,
      responses: { 200: schemas.pageOf(schemas.staffSchema) },
      handle: (input) => list(deps, input, 'staff', schemas.staffOf),
    },
    {
      ...keyed,
      method: 'POST',
      path,
      operationId: 'inviteStaff',
      summary: 'Invite a colleague by mail',
      audience: 'staff',
      permission: 'staff.write',
      body: schemas.newStaffSchema,
      responses: { 201: schemas.staffSchema },
      problems: [...keyed.problems, 'already-exists'],
      handle: (input) => inviteStaff(deps, input),
    },
    {
      method: 'PATCH',
      path: `${path}/{id}`,
      operationId: 'changeStaff',
      summary: 'Change roles or disable; ends all sessions of that member of staff',
      audience: 'staff',
      permission: 'staff.write',
      params: schemas.idParams,
      body: schemas.staffChangeSchema,
      responses: { 200: schemas.staffSchema },
      problems: ['not-found', 'last-owner'],
      handle: (input) => changeStaff(deps, input),
    },
  ];
}

export function keyAdminRoutes(deps: IdentityDeps): Route[] {
  const shared = { audience: 'staff', permission: 'keys.write' } as const;
  return [
    {
      ...shared,
      method: 'GET',
      path: '/admin/signing-keys',
      operationId: 'listSigningKeys',
      summary: 'Keys whose tokens may still be good, oldest first',
      responses: { 200: joi.object({ items: joi.array().items(schemas.signingKeySchema).required() }) },
      async handle() {
        const keys = await listLiveKeys(deps.db, deps.now());
        return reply(200, { items: keys.map(schemas.signingKeyOf) });
      },
    },
    {
      ...shared,
      ...keyed,
      method: 'POST',
      path: '/admin/signing-keys/rotation',
      operationId: 'rotateSigningKey',
      summary: 'Publish a new key, which signs once every service has heard of it',
      responses: { 201: schemas.signingKeySchema },
      handle: (input) => rotate(deps, input),
    },
  ];
}

async function rotate(deps: IdentityDeps, input: Input): Promise<Reply> {
  const material = await newKey(deps);
  const { kid } = material;
  return createByStaff(deps, input, async (tx) => {
    const signsFrom = await putNext(tx, deps, material);
    const view = schemas.signingKeyOf({ kid, signsFrom, expiresAt: null });
    return {
      change: { action: 'key.rotated', entity: 'signing-key', entityId: kid, before: null, after: view },
      reply: reply(201, view),
    };
  });
}

/** A page of accounts; the cursor is the last id. */
async function list(
  { db }: IdentityDeps,
  { query: { limit, cursor, q } }: Input,
  kind: 'customer' | 'staff',
  viewOf: (account: Account) => object,
): Promise<Reply> {
  const filter = { kind, ...(q === undefined ? {} : { q }), ...(cursor ? { beforeId: cursor } : {}) };
  const rows = await listAccounts(db, filter, limit + 1);
  const items = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? items.at(-1)!.id : null;
  return reply(200, { items: items.map(viewOf), nextCursor });
}
