/** Who may come in: our own sidecar by its token, another service by the call table, and nobody by accident. */
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { appToken, smallApp } from './small-service.ts';

const app = smallApp({ log: createLog('test', { silent: true }) });
const order = '/internal/reservations/01J00000000000000000000000';
const body = { lines: [{ sku: 'CUP-1', quantity: 2 }] };
const token = { 'dapr-api-token': appToken };

const reserve = (headers: Record<string, string>) => supertest(app).put(order).set(headers).send(body);

describe('an internal route', () => {
  it('is open to the service that the call table names', async () => {
    await reserve({ ...token, 'dapr-caller-app-id': 'orders' }).expect(200);
  });

  it.each<[string, Record<string, string>]>([
    ['no token', { 'dapr-caller-app-id': 'orders' }],
    ['an empty token', { 'dapr-api-token': '', 'dapr-caller-app-id': 'orders' }],
    ['a wrong token', { 'dapr-api-token': `${appToken}x`, 'dapr-caller-app-id': 'orders' }],
    ['a token in another case', { 'dapr-api-token': appToken.toUpperCase(), 'dapr-caller-app-id': 'orders' }],
    ['a bearer token', { authorization: `Bearer ${appToken}`, 'dapr-caller-app-id': 'orders' }],
  ])('with %s answers 401', async (_name, headers) => {
    const answer = await reserve(headers).expect(401);
    expect(answer.body.code).toBe('unauthorised');
  });

  it.each<[string, Record<string, string>]>([
    ['a service that the table does not name', { ...token, 'dapr-caller-app-id': 'cart' }],
    ['a stranger', { ...token, 'dapr-caller-app-id': '__proto__' }],
    ['nobody', token],
  ])('for %s answers 403', async (_name, headers) => {
    const answer = await reserve(headers).expect(403);
    expect(answer.body.code).toBe('forbidden');
  });

  it('that the table does not have is closed to everybody', async () => {
    for (const caller of ['orders', 'cart', 'inventory'])
      await supertest(app)
        .get('/internal/levels/CUP-1')
        .set({ ...token, 'dapr-caller-app-id': caller })
        .expect(403);
  });

  it('asks who comes before it reads what they bring', async () => {
    await supertest(app).put(order).set('content-type', 'application/json').send('{').expect(401);
    await supertest(app).put('/internal/reservations/%00').send(body).expect(401);
  });
});

describe('a route of the sidecar', () => {
  it('needs its token and nothing else', async () => {
    await supertest(app).post('/sweep').expect(401);
    await supertest(app).post('/sweep').set(token).expect(204);
  });
});
