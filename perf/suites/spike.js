/** A mention on television: ten times the visitors within a second, for ten seconds; ten seconds later all is as before. */
import { browse, checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const rate = Number(__ENV.RATE || 20);
const phase = (startSeconds, seconds, perSecond, exec) => ({
  executor: 'constant-arrival-rate',
  exec,
  rate: perSecond,
  duration: `${seconds}s`,
  startTime: `${startSeconds}s`,
  preAllocatedVUs: Math.min(300, perSecond * 2),
  maxVUs: 400,
});
const both = (name, startSeconds, seconds, factor) => ({
  [`${name}_looking`]: phase(startSeconds, seconds, rate * factor, 'look'),
  [`${name}_buying`]: phase(startSeconds, seconds, Math.max(1, Math.round((rate * factor) / 20)), 'buy'),
});

export const options = withPromises({
  scenarios: { ...both('before', 0, 10, 1), ...both('spike', 10, 10, 10), ...both('after', 30, 10, 1) },
  thresholds: {
    unfinished: ['count>=0'],
    // Times do not count what is refused; nobody is.
    shed: ['count==0'],
    'http_req_duration{scenario:before_looking}': ['p(95)<100'],
    'http_req_duration{scenario:spike_looking}': ['p(95)<1000'],
    'http_req_duration{scenario:after_looking}': ['p(95)<100'],
    'http_req_duration{scenario:after_buying}': ['p(95)<250'],
  },
});

export const look = browse;
export function buy() {
  checkout();
}
