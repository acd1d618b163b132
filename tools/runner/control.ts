/** The supervisor's control: HTTP on a Unix socket, for the tools and for tests. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { controlSocket } from '../platform/paths.ts';
import type { StartOptions, Supervisor, Unit } from './supervise.ts';

/** Longer than a stop and a start together may take. */
const answerLimitMs = 40_000;
const bodyLimitBytes = 65_536;

/** GET /status, POST /start, /stop, /kill and /restart with `?name=` and an optional body {env, keep}. */
export function serveControl(supervisor: Supervisor): Server {
  return createServer((incoming, answer) => {
    const reply = (status: number, body: unknown) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    obey(supervisor, incoming).then(
      (body) => reply(200, body),
      (error: Error) => reply(400, { error: error.message }),
    );
  });
}

async function obey(supervisor: Supervisor, incoming: IncomingMessage): Promise<unknown> {
  const url = new URL(incoming.url ?? '/', 'http://supervisor');
  const name = url.searchParams.get('name') ?? '';
  switch (`${incoming.method} ${url.pathname}`) {
    case 'GET /status':
      return { pid: process.pid, units: supervisor.units() };
    case 'POST /start':
      return supervisor.start(name, await bodyOf(incoming));
    case 'POST /stop':
      return supervisor.stop(name);
    case 'POST /kill':
      return supervisor.kill(name);
    case 'POST /restart':
      return supervisor.restart(name, await bodyOf(incoming));
    default:
      throw new Error('known: GET /status, POST /start, POST /stop, POST /kill, POST /restart');
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<StartOptions> {
  let text = '';
  for await (const chunk of incoming) {
    text += chunk;
    if (text.length > bodyLimitBytes) throw new Error('the body is too large');
  }
  return text === '' ? {} : (JSON.parse(text) as StartOptions);
}

export interface SupervisorStatus {
  pid: number;
  units: Unit[];
}

/** The supervisor's status; rejects when none answers. */
export function supervisorStatus(): Promise<SupervisorStatus> {
  return ask<SupervisorStatus>('GET', '/status');
}

/** Starts, stops, kills or restarts one process and resolves once that has happened. */
export function command(
  verb: 'start' | 'stop' | 'kill' | 'restart',
  name: string,
  options: StartOptions = {},
): Promise<Unit> {
  return ask<Unit>('POST', `/${verb}?name=${encodeURIComponent(name)}`, options);
}

function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      // A connection of its own: a kept one may have been closed by the other side while this side was busy.
      { socketPath: controlSocket(), method, path, timeout: answerLimitMs, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(JSON.parse(text) as T);
          else reject(new Error(`supervisor: ${text}`));
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('the supervisor does not answer')));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
