/** Visitors who look: 70 % lists and searches, 25 % details, 5 % a first article in the cart; as many as answers allow. */
import { browse, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

export const options = withPromises({
  scenarios: {
    browsing: {
      executor: 'constant-vus',
      vus: Number(__ENV.CLIENTS || 16),
      duration: `${__ENV.SECONDS || 20}s`,
      exec: 'look',
    },
  },
  thresholds: {
    'http_req_duration{name:GET /products}': ['p(95)<100'],
    'http_req_duration{name:GET /products?q}': ['p(95)<100'],
    'http_req_duration{name:GET /products/{slug}}': ['p(95)<100'],
    'http_req_duration{name:POST /carts}': ['p(95)<250'],
    shed: ['count==0'],
  },
});

export const look = browse;
