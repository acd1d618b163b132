/** What Envoy itself answers: every local reply becomes a problem document with one of our codes. */
import { type ProblemCode, problems } from '@souk/contracts/problems';

type Comparison = 'EQ' | 'GE';

/**
 * First match wins. What a client did wrong is never a 5xx: Envoy's 501 (an unknown transfer coding) and 426
 * (HTTP/1.0) are refusals of a request. A broken answer of a service (502) is our being unavailable.
 */
const replies: readonly [Comparison, number, ProblemCode][] = [
  ['EQ', 404, 'not-found'],
  ['EQ', 408, 'request-too-slow'],
  ['EQ', 413, 'body-too-large'],
  ['EQ', 429, 'too-many-requests'],
  ['EQ', 431, 'headers-too-large'],
  ['EQ', 500, 'internal'],
  ['EQ', 501, 'invalid-request'],
  ['EQ', 504, 'timeout'],
  ['GE', 502, 'unavailable'],
  ['GE', 400, 'invalid-request'],
];

const retryAfter = {
  header: { key: 'retry-after', value: '1' },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
};

/** `local_reply_config` of the connection manager. */
export function localReplies() {
  return { mappers: [tooMany(), ...replies.map(byStatus)] };
}

/** More at once than is let in (flag UO): Envoy calls that 503, but nobody is ill. */
const tooMany = () => mapper({ response_flag_filter: { flags: ['UO'] } }, 'too-many-requests');

function byStatus([comparison, status, code]: (typeof replies)[number]) {
  const value = { default_value: status, runtime_key: 'ingress.unused' };
  return mapper({ status_code_filter: { comparison: { op: comparison, value } } }, code);
}

function mapper(filter: object, code: ProblemCode) {
  const problem = problems[code];
  const waits = problem.status === 503 || problem.status === 429;
  return {
    filter,
    status_code: problem.status,
    // No `instance`: Envoy does not know the trace here. The traceparent header tells it.
    body_format_override: {
      content_type: 'application/problem+json',
      json_format: {
        type: `/problems/${code}`,
        title: problem.title,
        status: problem.status,
        code,
      },
    },
    ...(waits ? { headers_to_add: [retryAfter] } : {}),
  };
}
