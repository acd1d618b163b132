/** The node agent's way to the API server: JSON over HTTPS with a client certificate, and a watch that says that something changed. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { clusterFolder, clusterPorts } from '../cluster-paths.ts';

const answerLimitMs = 10_000;
const watchAgainMs = 500;

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes' objects are deep; whoever asks knows what comes.
type Json = any;

interface Answer {
  status: number;
  body: Json;
}

/** Opens no connection before the first question. */
export function apiServer() {
  const file = (name: string) => readFileSync(join(clusterFolder, name));
  const agent = new Agent({
    keepAlive: true,
    ca: file('ca.crt'),
    cert: file('admin.crt'),
    key: file('admin.key'),
  });
  const options = { host: '127.0.0.1', port: clusterPorts.api, agent };

  function ask(method: string, path: string, body?: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const text = body ? JSON.stringify(body) : '';
      // Node leaves the length out for DELETE; the next request on the connection would begin with the body.
      const headers = body ? { 'content-type': type, 'content-length': Buffer.byteLength(text) } : {};
      const outgoing = request({ ...options, method, path, headers, timeout: answerLimitMs }, (answer) => {
        let said = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          said += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parsed(said) }));
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('the API server does not answer')));
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  return {
    /** The object; throws when the answer is no 2xx. */
    async demand(method: string, path: string, body?: object): Promise<Json> {
      const answer = await ask(method, path, body);
      if (answer.status >= 300)
        throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.message ?? ''}`);
      return answer.body;
    },

    /** Whatever the answer is. */
    ask,

    /** Calls back whenever an object of this list changes; asks anew when the connection ends. */
    watch(path: string, changed: () => void): void {
      const again = () => setTimeout(begin, watchAgainMs);
      const begin = () => {
        const outgoing = request({ ...options, path: `${path}&watch=1` }, (answer) => {
          answer.on('data', changed);
          answer.on('end', again);
          answer.on('error', () => undefined);
        });
        outgoing.on('error', again);
        outgoing.end();
      };
      begin();
    },
  };
}

export type ApiServer = ReturnType<typeof apiServer>;

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
