/** Workflows and events between pods: customers are forgotten while two pods of identity share the work. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBackRoom } from '../support/back-room.ts';
import { kubectl, pods, requestsTo, untilMeshIsUp, untilPods } from '../support/mesh.ts';
import { placesOf } from '../support/personal-data.ts';
import { eventually, mailsTo, send, sendSafely } from '../support/shop.ts';

const customers = 8;
const lateMs = 60_000;

beforeAll(async () => {
  await untilMeshIsUp();
  await kubectl('-n', 'shop', 'scale', 'deployment/identity', '--replicas=2');
  await untilPods('app=identity', 2);
});
afterAll(async () => {
  await kubectl('-n', 'shop', 'scale', 'deployment/identity', '--replicas=1');
  await untilPods('app=identity', 1);
  await closeBackRoom();
});

interface Customer {
  email: string;
  name: string;
  authorization: string;
}

async function newCustomer(): Promise<Customer> {
  const name = `Ada ${randomUUID()}`;
  const email = `customer-${randomUUID()}@example.org`;
  const password = `correct horse ${randomUUID()}`;
  await sendSafely('POST', '/customers', { body: { email, password, name } });
  const mail = await eventually(async () => (await mailsTo(email))[0], lateMs);
  await sendSafely('PUT', `/email-verifications/${/#([A-Za-z0-9_.-]+)/.exec(mail.text)?.[1]}`, {});
  const { body } = await sendSafely('POST', '/sessions', { body: { email, password } });
  return { email, name, authorization: `Bearer ${body.accessToken}` };
}

/** Requests between the two pods' Dapr sidecars: who hosts a workflow is not who was asked for it. */
async function betweenIdentities(): Promise<number> {
  let sum = 0;
  for (const pod of await pods('app=identity'))
    for (const name of ['identity', 'identity-dapr'])
      sum += await requestsTo(pod, `outbound|50002||${name}.`);
  return sum;
}

it('erasures end everywhere, whichever pod hosts them', async () => {
  const all: Customer[] = [];
  for (let n = 0; n < customers; n += 1) all.push(await newCustomer());
  for (const { authorization } of all) {
    const { status } = await send('DELETE', '/me', { headers: { authorization } });
    expect(status).toBe(202);
  }
  const left = await eventually(async () => {
    const places = await placesOf(all.flatMap(({ email, name }) => [email, name]));
    if (places.length > 0) throw new Error(`still in ${places.join(', ')}`);
    return [places];
  }, 120_000);
  expect(left).toEqual([[]]);
  expect(await betweenIdentities()).toBeGreaterThan(0);
});
