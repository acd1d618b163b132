/** Service invocation: a neighbour's answer, or its refusal in its own words, or `unavailable`. */
import { isProblemCode, problems } from '@souk/contracts/problems';
import type { SidecarAnswer, SidecarHttp } from './dapr-http.ts';
import type { Log } from './log.ts';
import { Refusal } from './problem.ts';

export interface InvokeRequest {
  /** The neighbour's app id. */
  app: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with a slash; ids in it are encoded by the caller. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs: number;
}

/** Members that every problem document has; the rest are the refusal's own. */
const standardMembers = new Set(['type', 'title', 'status', 'code', 'detail', 'instance']);

/** Makes `invoke`; the trace goes along by itself, because the request is made inside the active span. */
export function invokerOf({ http, log }: { http: SidecarHttp; log: Log }) {
  return async <T>({ app, method, path, ...rest }: InvokeRequest): Promise<T> => {
    const fail = (reason: string, status?: number): never => {
      const operation = `${method} ${path.split('?')[0]}`;
      log.warn('dapr.invoke-failed', { to: app, operation, reason, ...(status ? { status } : {}) });
      throw new Refusal('unavailable', `${app} is not available.`);
    };
    const answer = await http
      .call({ method, path: `/v1.0/invoke/${app}/method${path}`, ...rest })
      .catch((error: Error) => fail(error.message));
    if (answer.status >= 200 && answer.status < 300) {
      return answer.text === '' ? (undefined as T) : (JSON.parse(answer.text) as T);
    }
    throw refusalOf(answer) ?? fail(answer.text.slice(0, 300), answer.status);
  };
}

/**
 * The neighbour's refusal, if it is one that its caller may repeat: a known code that speaks of the request. 401 and
 * 403 speak of us, and 5xx of the neighbour; for the shopper both mean `unavailable`.
 */
function refusalOf(answer: SidecarAnswer): Refusal | undefined {
  if (answer.contentType !== 'application/problem+json') return undefined;
  const document = parseObject(answer.text);
  const code = document?.code;
  if (!document || !isProblemCode(code)) return undefined;
  const { status } = problems[code];
  if (status >= 500 || status === 401 || status === 403) return undefined;
  const extra = Object.fromEntries(Object.entries(document).filter(([name]) => !standardMembers.has(name)));
  if (answer.retryAfterSeconds !== undefined) extra.retryAfterSeconds = answer.retryAfterSeconds;
  const detail = document.detail;
  return new Refusal(code, typeof detail === 'string' ? detail : undefined, extra);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
