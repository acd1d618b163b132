/** Refusals inside, problem documents (RFC 9457) outside: the one place that turns one into the other. */
import { type ProblemCode, problems } from '@souk/contracts/problems';

/** A definitive "no" of the domain, or of the platform; it knows no HTTP. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly extra: Record<string, unknown>;

  constructor(code: ProblemCode, detail?: string, extra: Record<string, unknown> = {}) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }
}

/** Throws a {@link Refusal}. `extra` becomes members of the problem document. */
export function refuse(code: ProblemCode, detail?: string, extra: Record<string, unknown> = {}): never {
  throw new Refusal(code, detail, extra);
}

/** Whether an error is a refusal with that code. */
export function isRefusal(error: unknown, code?: ProblemCode): error is Refusal {
  return error instanceof Refusal && (code === undefined || error.code === code);
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  instance?: string;
  [member: string]: unknown;
}

/** Members by which drivers, sockets and parsers tell their errors apart. */
interface Thrown {
  code?: unknown;
  errno?: number;
  name?: string;
  message?: string;
  type?: string;
  status?: number;
}

/** Codes of drivers and sockets that mean "not now", not "never". */
const transientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'POOL_CLOSED',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_CHECKREAD',
]);

/** The same, where the driver has no name for it: node not in its Galera cluster, statement out of time (MariaDB, MySQL). */
const transientErrnos = new Set([1047, 1969, 3024]);

function isTransient(error: Thrown): boolean {
  if (typeof error.code === 'string' && transientCodes.has(error.code)) return true;
  if (transientErrnos.has(error.errno ?? 0)) return true;
  if (error.name === 'KnexTimeoutError' || error.name === 'TimeoutError') return true;
  return /closed state|connection (is )?(lost|closed)/i.test(error.message ?? '');
}

/** Statuses that body-parser and Express give their own errors. */
const parserCodes: Record<number, ProblemCode> = {
  400: 'invalid-request',
  404: 'not-found',
  413: 'body-too-large',
  415: 'unsupported-media-type',
};

/** Reads any thrown value as a refusal; `internal` is what nobody foresaw. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const raw = (error ?? {}) as Thrown;
  if (raw.type === 'entity.parse.failed') return new Refusal('malformed-json');
  if (isTransient(raw)) return new Refusal('unavailable');
  const parserCode = typeof raw.status === 'number' ? parserCodes[raw.status] : undefined;
  return new Refusal(parserCode ?? 'internal');
}

/** The document of a refusal; `instance` names the trace in which it happened. */
export function problemOf(refusal: Refusal, traceId?: string): ProblemDocument {
  const { status, title } = problems[refusal.code];
  return {
    type: `/problems/${refusal.code}`,
    title,
    status,
    code: refusal.code,
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    ...(traceId ? { instance: `urn:trace:${traceId}` } : {}),
    ...refusal.extra,
  };
}
