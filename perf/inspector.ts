/**
 * V8's inspector of a running process: SIGUSR1 opens it on loopback, as in every Node process, and it is closed again. So
 * a service is looked into as it runs, without a switch or a route of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Node's own port for it; one process at a time can have it. */
const place = '127.0.0.1:9229';
const openLimitMs = 10_000;
const answerLimitMs = 30_000;
const lookEveryMs = 20;
/** The client's connection must be gone first: the process waits for it. */
const closeAfterMs = 50;

export interface Inspector {
  /** Sends one command of the DevTools protocol and answers its result; rejects with the process's own error. */
  ask<Result>(method: string, params?: object): Promise<Result>;
  /** Ends the inspector; resolves when its port is free again. */
  close(): Promise<void>;
}

/** Opens the inspector of that process. Rejects when its port is taken, and when another process answers there. */
export async function openInspector(pid: number): Promise<Inspector> {
  const taken = await listeners();
  if (taken)
    throw new Error(`${place} is taken by ${taken[0]?.url}: end that debugger or restart that process`);
  process.kill(pid, 'SIGUSR1');
  const [target] = (await until(listeners, `process ${pid} opens no inspector on ${place}`))!;
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  const ask = askerOf(socket);
  await heard(socket, 'open');
  const inspector = { ask, close: () => close(ask, socket) };
  const { result } = await ask<{ result: { value: number } }>('Runtime.evaluate', {
    expression: 'process.pid',
  });
  if (result.value === pid) return inspector;
  await inspector.close();
  throw new Error(`process ${result.value} answers on ${place}, not ${pid}: restart both`);
}

type Ask = Inspector['ask'];

/** An answer has the number of its command; events have none. */
interface Message {
  id?: number;
  result?: unknown;
  error?: { message: string };
}

/** Commands go out with a number, and answers come back with it. */
function askerOf(socket: WebSocket): Ask {
  const waiting = new Map<number, (message: Message) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    waiting.get(message.id ?? 0)?.(message);
  });
  let sent = 0;
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      sent += 1;
      const id = sent;
      const timer = setTimeout(
        () => reject(new Error(`${method}: no answer within ${answerLimitMs} ms`)),
        answerLimitMs,
      );
      waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as never);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
}

async function close(ask: Ask, socket: WebSocket): Promise<void> {
  const end = `setTimeout(() => process.getBuiltinModule('node:inspector').close(), ${closeAfterMs}), true`;
  await ask('Runtime.evaluate', { expression: end });
  socket.close();
  await until(async () => ((await listeners()) ? null : true), `the inspector on ${place} does not close`);
}

function heard(socket: WebSocket, event: 'open'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(event, () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`the inspector on ${place} hangs up`)), {
      once: true,
    });
  });
}

/** What can be inspected on the port; null when nothing listens there. */
async function listeners(): Promise<{ url: string; webSocketDebuggerUrl: string }[] | null> {
  try {
    const answer = await fetch(`http://${place}/json/list`, { signal: AbortSignal.timeout(openLimitMs) });
    return (await answer.json()) as { url: string; webSocketDebuggerUrl: string }[];
  } catch {
    return null;
  }
}

async function until<Found>(look: () => Promise<Found | null>, otherwise: string): Promise<Found> {
  const endMs = performance.now() + openLimitMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > endMs) throw new Error(otherwise);
    await sleep(lookEveryMs);
  }
}
