/** Three times what the shop can do (CAPACITY, checkouts/s): it must go on selling, say "not now" fast, and recover. */
import { checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const capacity = Number(__ENV.CAPACITY || 20);
const seconds = Number(__ENV.SECONDS || 20);
const goodput = Math.floor(capacity * seconds * 0.8);

export const options = withPromises({
  scenarios: {
    flood: {
      executor: 'constant-arrival-rate',
      exec: 'buy',
      rate: Math.round(capacity * 3),
      duration: `${seconds}s`,
      preAllocatedVUs: 200,
      maxVUs: 600,
      gracefulStop: '10s',
    },
    after: {
      executor: 'constant-arrival-rate',
      exec: 'buy',
      rate: Math.max(1, Math.round(capacity / 4)),
      duration: '10s',
      startTime: `${seconds + 10}s`,
      preAllocatedVUs: 40,
      maxVUs: 100,
    },
  },
  thresholds: {
    unfinished: ['count>=0'],
    'units{scenario:flood}': [`count>=${goodput}`],
    'placed{scenario:flood}': ['rate>=0.95'],
    shed_ms: ['p(95)<100'],
    'http_req_duration{scenario:after,name:POST /orders}': ['p(95)<250'],
  },
});

export function buy() {
  checkout();
}
