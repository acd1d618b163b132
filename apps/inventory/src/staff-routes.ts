/** Staff's routes to stock: what there is and why, receipts and corrections; every change is audited. */
import { createByStaff } from '@souk/back-office/staff-command';
import { skuSchema } from '@souk/contracts/identifiers';
import type { ProblemCode } from '@souk/contracts/problems';
import { type Input, type Reply, type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { idempotencyKeySchema, pageQuery } from '@souk/kit/validate';
import { correctStock, type Finding } from './correct-stock.ts';
import { levelView, movementPage, stockPage } from './list-stock.ts';
import { receiveStock } from './receive-stock.ts';
import {
  belowSchema,
  bookedSchema,
  correctionRequestSchema,
  levelsSchema,
  movementsSchema,
  receiptRequestSchema,
  skuStartSchema,
} from './schemas.ts';

type StaffDeps = Pick<Deps, 'db' | 'newId' | 'wakeRelay'>;

const params = { sku: skuSchema };
const reading = { method: 'GET', audience: 'staff', permission: 'stock.read' } as const;
const booking = {
  method: 'POST',
  audience: 'staff',
  permission: 'stock.write',
  params,
  headers: { 'idempotency-key': idempotencyKeySchema },
} as const;
const keyProblems: ProblemCode[] = [
  'idempotency-key-required',
  'idempotency-key-reused',
  'idempotency-key-in-use',
];

/** One row a route. */
export function staffRoutes(deps: StaffDeps): Route[] {
  return [
    {
      ...reading,
      path: '/admin/stock',
      operationId: 'listStock',
      summary: 'How many pieces there are of each SKU, held by orders and still to be sold',
      query: { ...pageQuery, sku: skuStartSchema, below: belowSchema },
      responses: { 200: levelsSchema },
      handle: async ({ query }) => reply(200, await stockPage(deps.db, query as never)),
    },
    {
      ...reading,
      path: '/admin/stock/{sku}/movements',
      operationId: 'listStockMovements',
      summary: 'Every piece that came or went, newest first',
      params,
      query: pageQuery,
      responses: { 200: movementsSchema },
      handle: async ({ params: { sku }, query: { limit, cursor } }) =>
        reply(200, await movementPage(deps.db, { sku: sku!, limit, cursor })),
    },
    {
      ...booking,
      path: '/admin/stock/{sku}/receipts',
      operationId: 'receiveStock',
      summary: 'Book pieces that have arrived; of a new SKU too',
      body: receiptRequestSchema,
      responses: { 201: bookedSchema },
      problems: [...keyProblems, 'already-exists'],
      handle: (input) => receive(deps, input),
    },
    {
      ...booking,
      path: '/admin/stock/{sku}/corrections',
      operationId: 'correctStock',
      summary: 'Book what was found, lost or counted, with the reason',
      body: correctionRequestSchema,
      responses: { 200: bookedSchema, 201: bookedSchema },
      problems: [...keyProblems, 'stock-too-low'],
      handle: (input) => correct(deps, input),
    },
  ];
}

function receive(deps: StaffDeps, input: Input<{ quantity: number; reference?: string }>): Promise<Reply> {
  const sku = input.params.sku!;
  const { quantity, reference } = input.body;
  return createByStaff(deps, input, async (tx) => {
    const id = deps.newId();
    const after = await receiveStock(tx, { id, sku, quantity, reference });
    const change = {
      action: 'stock.received',
      entity: 'stock',
      entityId: sku,
      before: { onHand: after.onHand - quantity },
      after: { onHand: after.onHand, movementId: id },
    };
    return { change, reply: reply(201, { ...levelView(sku, after), movementId: id }) };
  });
}

function correct(deps: StaffDeps, input: Input<Finding & { reason: string }>): Promise<Reply> {
  const sku = input.params.sku!;
  const { reason, ...finding } = input.body;
  return createByStaff(deps, input, async (tx) => {
    const id = deps.newId();
    const { before, after } = await correctStock(tx, { id, sku, finding: finding as Finding, reason });
    if (before === after) return { reply: reply(200, { ...levelView(sku, after), movementId: null }) };
    // The reason stands in the movement: people write it, and the audit log cannot forget people.
    const change = {
      action: 'stock.corrected',
      entity: 'stock',
      entityId: sku,
      before: { onHand: before.onHand },
      after: { onHand: after.onHand, movementId: id },
    };
    return { change, reply: reply(201, { ...levelView(sku, after), movementId: id }) };
  });
}
