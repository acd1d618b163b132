/** What customers see and change of themselves. */
import { addressSchema } from '@souk/contracts/identifiers';
import { customerIdOf } from '@souk/kit/auth';
import { inTransaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { type Input, type Route, reply } from '@souk/kit/routes';
import joi from 'joi';
import { findAccount, lockAccount, updateAccount } from './account-store.ts';
import {
  countAddresses,
  deleteAddress,
  insertAddress,
  listAddresses,
  replaceAddress,
} from './address-store.ts';
import { beginErasure } from './erasure.ts';
import type { IdentityDeps } from './identity-deps.ts';
import * as schemas from './schemas.ts';

const maxAddresses = 20;

/** The customer who asks; only on customers' routes. */
export function ownIdOf({ caller }: Pick<Input, 'caller'>): string {
  return customerIdOf(caller) ?? refuse('forbidden');
}

export function meRoutes(deps: IdentityDeps): Route[] {
  const shared = { path: '/me', audience: 'customer' } as const;
  return [
    {
      ...shared,
      method: 'GET',
      operationId: 'readMe',
      summary: 'Who I am',
      responses: { 200: schemas.meSchema },
      handle: async (input) => reply(200, await me(deps, ownIdOf(input))),
    },
    {
      ...shared,
      method: 'PATCH',
      operationId: 'changeMe',
      summary: 'Change my name',
      body: joi.object({ name: schemas.nameSchema.required() }),
      responses: { 200: schemas.meSchema },
      async handle(input) {
        await updateAccount(deps.db, ownIdOf(input), { name: input.body.name });
        return reply(200, await me(deps, ownIdOf(input)));
      },
    },
    {
      ...shared,
      method: 'DELETE',
      operationId: 'forgetMe',
      summary: 'Close my account at once, and have everything personal forgotten wherever the shop knows it',
      responses: { 202: schemas.emptySchema },
      async handle(input) {
        await beginErasure(deps, ownIdOf(input));
        await deps.erasures.watch(ownIdOf(input));
        return reply(202, {});
      },
    },
  ];
}

async function me({ db }: IdentityDeps, id: string) {
  return schemas.meOf((await findAccount(db, id)) ?? refuse('unauthorised'));
}

export function addressRoutes(deps: IdentityDeps): Route[] {
  const path = '/me/addresses';
  const one = { path: `${path}/{id}`, params: schemas.idParams, problems: ['not-found' as const] };
  const shared = { audience: 'customer' } as const;
  return [
    {
      ...shared,
      method: 'GET',
      path,
      operationId: 'listMyAddresses',
      summary: 'My address book',
      responses: { 200: joi.object({ items: joi.array().items(bookedSchema).required() }) },
      handle: async (input) => reply(200, { items: await listAddresses(deps.db, ownIdOf(input)) }),
    },
    {
      ...shared,
      method: 'POST',
      path,
      operationId: 'addMyAddress',
      summary: 'Add an address to my book, which holds 20',
      body: addressSchema,
      responses: { 201: bookedSchema },
      problems: ['address-book-full'],
      async handle(input) {
        const booked = await addAddress(deps, ownIdOf(input), input.body);
        return reply(201, booked, { location: `/api/v1${path}/${booked.id}` });
      },
    },
    {
      ...shared,
      ...one,
      method: 'PUT',
      operationId: 'replaceMyAddress',
      summary: 'Replace an address of my book',
      body: addressSchema,
      responses: { 200: bookedSchema },
      async handle(input) {
        const booked = { id: input.params.id!, address: input.body };
        if (!(await replaceAddress(deps.db, ownIdOf(input), booked))) refuse('not-found');
        return reply(200, booked);
      },
    },
    {
      ...shared,
      ...one,
      method: 'DELETE',
      operationId: 'deleteMyAddress',
      summary: 'Take an address out of my book',
      responses: { 204: null },
      async handle(input) {
        if (!(await deleteAddress(deps.db, ownIdOf(input), input.params.id!))) refuse('not-found');
        return reply(204);
      },
    },
  ];
}

const bookedSchema = joi.object({ id: schemas.idParams.id, address: addressSchema.required() });

async function addAddress(deps: IdentityDeps, accountId: string, address: Input['body']) {
  const booked = { id: deps.newId(), address: address as never };
  await inTransaction(deps.db, async (tx) => {
    // The account's lock, so that two at once do not both find room for one more, and none comes after an erasure.
    if ((await lockAccount(tx, accountId))?.state !== 'active') refuse('unauthorised');
    if ((await countAddresses(tx, accountId)) >= maxAddresses) refuse('address-book-full');
    await insertAddress(tx, accountId, booked);
  });
  return booked;
}
