/** Routes by which customers get what the shop knows about them. */
import { timeSchema } from '@souk/contracts/identifiers';
import { type Route, reply } from '@souk/kit/routes';
import { idempotencyKeySchema } from '@souk/kit/validate';
import joi from 'joi';
import { readExport, requestExport } from './export.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { ownIdOf } from './me-routes.ts';
import { idParams } from './schemas.ts';

const stateSchema = joi.string().valid('pending', 'complete').required();
const partSchema = joi.object({
  service: joi.string().required(),
  part: joi.number().integer().min(1).required(),
  parts: joi.number().integer().min(1).required(),
  data: joi.object().unknown().required(),
});
const exportSchema = joi.object({
  id: idParams.id,
  state: stateSchema,
  createdAt: timeSchema.required(),
  parts: joi.array().items(partSchema).required(),
});

export function exportRoutes(deps: IdentityDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/me/exports',
      operationId: 'requestMyExport',
      summary: 'Have everything collected that the shop knows about me; kept for 7 days',
      audience: 'customer',
      headers: { 'idempotency-key': idempotencyKeySchema },
      responses: { 202: joi.object({ id: idParams.id, state: stateSchema }) },
      problems: [
        'idempotency-key-required',
        'idempotency-key-reused',
        'idempotency-key-in-use',
        'too-many-requests',
      ],
      async handle(input) {
        const customerId = ownIdOf(input);
        await deps.limits.count({ kind: 'account', purpose: 'export', of: customerId });
        return requestExport(deps, { customerId, key: input.headers['idempotency-key'] });
      },
    },
    {
      method: 'GET',
      path: '/me/exports/{id}',
      operationId: 'readMyExport',
      summary: 'What has been collected so far',
      audience: 'customer',
      params: idParams,
      responses: { 200: exportSchema },
      problems: ['not-found'],
      handle: async (input) =>
        reply(200, await readExport(deps, { id: input.params.id!, customerId: ownIdOf(input) }), {
          'cache-control': 'no-store',
        }),
    },
  ];
}
