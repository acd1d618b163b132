/** Staff's way to the audit log of one service: its rows, newest first, and whether the chain still holds. */
import { idSchema, timeSchema } from '@souk/contracts/identifiers';
import type { ServiceName } from '@souk/contracts/ports';
import { type Route, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { pageQuery } from '@souk/kit/validate';
import joi from 'joi';
import { firstBrokenRow } from './audit.ts';
import { type AuditRow, readBackward } from './audit-store.ts';

const rowSchema = joi.object({
  seq: joi.number().integer().required(),
  at: timeSchema.required(),
  actor: idSchema.required(),
  action: joi.string().required(),
  entity: joi.string().required(),
  entityId: joi.string().required(),
  before: joi.any().required(),
  after: joi.any().required(),
  traceId: joi.string().allow(null).required(),
  hash: joi.string().required(),
});

const filters = {
  entity: joi.string().max(32),
  entityId: joi.string().max(80),
  actor: idSchema,
};

/** GET /admin/{service}/audit and GET …/audit/check. */
export function auditRoutes(service: ServiceName, { db }: Pick<Deps, 'db'>): Route[] {
  const path = `/admin/${service}/audit`;
  const name = `${service[0]!.toUpperCase()}${service.slice(1)}`;
  const shared = { method: 'GET', audience: 'staff', permission: 'audit.read' } as const;
  return [
    {
      ...shared,
      path,
      operationId: `list${name}Audit`,
      summary: `What staff changed in ${service}, newest first`,
      query: { ...pageQuery, ...filters },
      responses: {
        200: joi.object({
          items: joi.array().items(rowSchema).required(),
          nextCursor: joi.string().allow(null).required(),
        }),
      },
      async handle({ query: { limit, cursor, ...filter } }) {
        const beforeSeq = /^\d+$/.test(cursor ?? '') ? { beforeSeq: Number(cursor) } : {};
        const rows = await readBackward(db, { ...filter, ...beforeSeq }, limit + 1);
        const items = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? String(items.at(-1)!.seq) : null;
        return reply(200, { items: items.map(viewOf), nextCursor });
      },
    },
    {
      ...shared,
      path: `${path}/check`,
      operationId: `check${name}Audit`,
      summary: 'Whether every row still seals the one before it',
      responses: {
        200: joi.object({ holds: joi.boolean().required(), brokenAt: joi.number().integer() }),
      },
      async handle() {
        const broken = await firstBrokenRow(db);
        return reply(200, broken ? { holds: false, brokenAt: broken.seq } : { holds: true });
      },
    },
  ];
}

function viewOf(row: AuditRow) {
  const { seq, at, actor, action, entity, entityId, before, after, traceId, hash } = row;
  const read = (text: string | null) => (text === null ? null : JSON.parse(text));
  return {
    seq,
    at,
    actor,
    action,
    entity,
    entityId,
    before: read(before),
    after: read(after),
    traceId,
    hash,
  };
}
