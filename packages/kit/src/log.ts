/** Structured log: one JSON line an event on stdout; a line is a name and fields, never a sentence. */
import { trace } from '@opentelemetry/api';
import winston from 'winston';

export interface Log {
  /** A fact. */
  info(event: string, fields?: Record<string, unknown>): void;
  /** We recovered. */
  warn(event: string, fields?: Record<string, unknown>): void;
  /** A person must act. */
  error(event: string, fields?: Record<string, unknown>): void;
  debug(event: string, fields?: Record<string, unknown>): void;
}

/** Fields that may be logged; whatever else is handed over is dropped, so that names, mails and tokens have no way in. */
const allowedFields = new Set(
  (
    'accountId orderId cartId paymentId refundId eventId topic sku count version state from to reason code status method route ' +
    'durationMs attempt error stack caller port name messageId after seconds component key operation'
  ).split(' '),
);

const onlyAllowed = winston.format((info, options) => {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(info)) {
    // An object could hide anything below an allowed name.
    if (allowedFields.has(name) && typeof value !== 'object') line[name] = value;
  }
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  const whole = {
    at: new Date().toISOString(),
    level: info.level,
    event: info.message,
    service: (options as { service: string }).service,
    ...line,
    ...(traceId ? { traceId } : {}),
  };
  // No value is an object: winston's own format, which sorts and looks for cycles, has nothing to do.
  return { level: info.level, [level]: info.level, [message]: JSON.stringify(whole) } as never;
});

const level = Symbol.for('level');
const message = Symbol.for('message');

/** A log for one service. `level` is a winston level; tests pass `silent: true`. */
export function createLog(service: string, { level = 'info', silent = false } = {}): Log {
  return winston.createLogger({
    level,
    silent,
    format: onlyAllowed({ service }),
    transports: [new winston.transports.Console()],
  }) as unknown as Log;
}
