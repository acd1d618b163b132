// Promises that whatever goes wrong leaves the simulator as application/problem+json, and bad input never as 5xx.
import type { NextFunction, Request, Response } from 'express';

/** A request that the provider turns down on purpose, with its stable code and HTTP status. */
export class ProviderRefusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, detail: string) {
    super(detail);
    this.code = code;
    this.status = status;
  }
}

/** Throws the refusal; returns never, so that callers can write `?? refuse(…)`. */
export function refuse(code: string, status: number, detail: string): never {
  throw new ProviderRefusal(code, status, detail);
}

/** Writes one problem document; the only place of the simulator that does. */
export function sendProblem(
  res: Response,
  refusal: Pick<ProviderRefusal, 'code' | 'status' | 'message'>,
): void {
  const { code, status, message } = refusal;
  res
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: `/problems/${code}`, title: code, status, code, detail: message }));
}

/** Express error handler: refusals as they are, parser errors as 4xx, all else as a logged 500. */
export function problemHandler(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent) next(error);
  else sendProblem(res, asRefusal(error));
}

function asRefusal(error: unknown): Pick<ProviderRefusal, 'code' | 'status' | 'message'> {
  if (error instanceof ProviderRefusal) return error;
  const status = (error as { status?: unknown }).status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return {
      code: status === 413 ? 'body-too-large' : 'invalid-request',
      status,
      message: (error as Error).message,
    };
  }
  console.error(
    JSON.stringify({ level: 'error', message: 'psp.failed', error: String((error as Error).stack ?? error) }),
  );
  return { code: 'internal-error', status: 500, message: 'The simulator itself failed.' };
}
