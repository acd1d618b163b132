/** Does everything work, and at about its usual speed? Under a minute, for every change. */
import { browse, checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const seconds = Number(__ENV.SECONDS || 20);

export const options = withPromises({
  scenarios: {
    browsing: {
      executor: 'constant-arrival-rate',
      exec: 'look',
      rate: 10,
      duration: `${seconds}s`,
      preAllocatedVUs: 10,
    },
    buying: {
      executor: 'constant-arrival-rate',
      exec: 'buy',
      rate: 1,
      duration: `${seconds}s`,
      preAllocatedVUs: 5,
    },
  },
  thresholds: {
    'http_req_duration{name:GET /products}': ['p(95)<300'],
    'http_req_duration{name:GET /products/{slug}}': ['p(95)<300'],
    'http_req_duration{name:POST /orders}': ['p(95)<1000'],
    dropped_iterations: ['count==0'],
    shed: ['count==0'],
  },
});

export const look = browse;
export function buy() {
  checkout();
}
