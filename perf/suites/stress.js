/** More buyers a second from step to step, to the knee and past it: each step's throughput and times are kept apart. */
import { checkout, handleSummary, withPromises } from './lib/shop.js';

export { handleSummary };

const rates = (__ENV.RATES || '5,10,20,30,40,50,60').split(',').map(Number);
const stepSeconds = Number(__ENV.STEP_SECONDS || 12);
const names = rates.map((rate) => `rate_${rate}`);

export const options = withPromises({
  scenarios: Object.fromEntries(
    rates.map((rate, step) => [
      names[step],
      {
        executor: 'constant-arrival-rate',
        exec: 'buy',
        rate,
        duration: `${stepSeconds}s`,
        // Three seconds for the step before to come to its end.
        startTime: `${step * (stepSeconds + 3)}s`,
        gracefulStop: '3s',
        preAllocatedVUs: Math.min(200, rate * 3),
        maxVUs: 400,
      },
    ]),
  ),
  thresholds: {
    unfinished: ['count>=0'],
    ...Object.fromEntries(
      names.flatMap((name, step) => [
        // The gentle steps must hold; the others are there to be read.
        [`http_req_duration{scenario:${name},name:POST /orders}`, [step < 2 ? 'p(95)<250' : 'p(95)>=0']],
        [`unit_ms{scenario:${name}}`, ['p(95)>=0']],
        [`units{scenario:${name}}`, ['count>=0']],
      ]),
    ),
  },
});

export function buy() {
  checkout();
}
