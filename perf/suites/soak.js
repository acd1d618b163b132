/** The same gentle load for a long time (SECONDS): the runner watches that no process grows. */
import { browse, checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const duration = `${__ENV.SECONDS || 240}s`;
const arrivals = (rate, exec) => ({
  executor: 'constant-arrival-rate',
  exec,
  rate,
  duration,
  preAllocatedVUs: 20,
  maxVUs: 100,
});

export const options = withPromises({
  scenarios: { browsing: arrivals(40, 'look'), buying: arrivals(4, 'buy') },
  thresholds: {
    'http_req_duration{scenario:browsing}': ['p(95)<100'],
    'http_req_duration{name:POST /orders}': ['p(95)<250'],
    dropped_iterations: ['count==0'],
    shed: ['count==0'],
  },
});

export const look = browse;
export function buy() {
  checkout();
}
