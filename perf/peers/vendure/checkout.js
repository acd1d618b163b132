/** A guest's checkout of three lines at Vendure: nine GraphQL calls, each looked at; settled at the end. */
import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';

const units = new Counter('units');
const unitMs = new Trend('unit_ms', true);
const wrong = new Rate('wrong');

export const options = {
  vus: Number(__ENV.CLIENTS || 16),
  duration: `${__ENV.SECONDS || 20}s`,
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max', 'avg'],
  thresholds: { wrong: ['rate==0'] },
};

export function handleSummary(data) {
  return { stdout: '', [__ENV.SOUK_PERF_SUMMARY]: JSON.stringify(data) };
}

/** One call; answers its data, or null when it has errors. The first answer brings the session's token. */
function call(session, query, variables) {
  const response = http.post(__ENV.PEER_URL, JSON.stringify({ query, variables }), {
    headers: {
      'content-type': 'application/json',
      ...(session.token && { authorization: `Bearer ${session.token}` }),
    },
  });
  session.token = response.headers['Vendure-Auth-Token'] || session.token;
  const body = response.status === 200 ? response.json() : null;
  const data = body && !body.errors ? body.data : null;
  const refused = data && Object.values(data).some((part) => part && part.errorCode);
  wrong.add(!data || Boolean(refused));
  if (__ENV.SOUK_PERF_LOUD && (!data || refused)) console.error(response.body);
  return refused ? null : data;
}

const order = '... on Order { id code state totalWithTax lines { id quantity } } ... on ErrorResult { errorCode message }';
const add = `mutation ($id: ID!) { addItemToOrder(productVariantId: $id, quantity: 1) { ${order} } }`;
const customer = `mutation ($input: CreateCustomerInput!) { setCustomerForOrder(input: $input) { ${order} } }`;
const address = `mutation ($input: CreateAddressInput!) { setOrderShippingAddress(input: $input) { ${order} } }`;
const methods = '{ eligibleShippingMethods { id price } }';
const method = `mutation ($id: [ID!]!) { setOrderShippingMethod(shippingMethodId: $id) { ${order} } }`;
const arrange = `mutation { transitionOrderToState(state: "ArrangingPayment") { ${order} } }`;
const pay = `mutation { addPaymentToOrder(input: { method: "dummy", metadata: {} }) { ${order} } }`;

export default function () {
  const begun = Date.now();
  const session = { token: '' };
  const first = Math.floor(Math.random() * Number(__ENV.PEER_PRODUCTS));
  for (const step of [0, 7, 14]) {
    const id = String(1 + ((first + step) % Number(__ENV.PEER_PRODUCTS)));
    if (!call(session, add, { id })) return;
  }
  const emailAddress = `guest-${__VU}-${__ITER}-${begun}@example.org`;
  if (!call(session, customer, { input: { firstName: 'Ada', lastName: 'Byron', emailAddress } })) return;
  const input = { fullName: 'Ada Byron', streetLine1: 'Marktgasse 7', city: 'Bonn', postalCode: '53111', countryCode: 'DE' };
  if (!call(session, address, { input })) return;
  const eligible = call(session, methods);
  if (!eligible || !call(session, method, { id: [eligible.eligibleShippingMethods[0].id] })) return;
  if (!call(session, arrange)) return;
  const paid = call(session, pay);
  const settled = paid !== null && paid.addPaymentToOrder.state === 'PaymentSettled';
  wrong.add(!settled);
  if (!settled) return;
  units.add(1);
  unitMs.add(Date.now() - begun);
}
