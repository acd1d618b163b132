/** Whether the shop in the mesh works: its pods by the API server's word, its gateway by a request over HTTPS. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { publicHost } from '../generate/mesh-names.ts';
import { untilHealthy } from '../platform/probe.ts';
import type { Tell } from '../platform/progress.ts';
import { clusterFolder } from './cluster-paths.ts';
import { shopAddress, shopPort } from './mesh-network.ts';
import { apiServer } from './node/api-server.ts';

const podsLimitMs = 150_000;
const gatewayLimitMs = 30_000;
const lookEveryMs = 250;
const answerLimitMs = 3_000;

interface Deployment {
  metadata: { name: string; generation: number };
  spec: { replicas?: number };
  status: { observedGeneration?: number; readyReplicas?: number; updatedReplicas?: number };
}

/** Waits until each Deployment has the pods that it wants, of its newest kind, and all of them ready. */
export async function untilPodsReady(tell: Tell): Promise<string> {
  const api = apiServer();
  let count = 0;
  await untilHealthy(async () => {
    await sleep(lookEveryMs);
    const deployments = (await api.demand('GET', '/apis/apps/v1/deployments')).items as Deployment[];
    const waiting = deployments.filter((one) => !isReady(one)).map(({ metadata }) => metadata.name);
    count = deployments.length;
    tell(`waiting for ${waiting.join(', ')}`);
    if (deployments.length === 0 || waiting.length > 0)
      throw new Error(
        `not ready: ${waiting.join(', ') || 'nothing is deployed'}. Their logs: .souk/mesh/logs/pods/, .souk/mesh/logs/node-agent.log`,
      );
  }, podsLimitMs);
  return `those of ${count} deployments are ready`;
}

function isReady({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status.observedGeneration === metadata.generation &&
    (status.readyReplicas ?? 0) >= wanted &&
    (status.updatedReplicas ?? 0) >= wanted
  );
}

/** Waits until the catalogue's first page comes through the gateway. */
export async function untilShopAnswers(): Promise<string> {
  await untilHealthy(() => asked('/api/v1/categories'), gatewayLimitMs);
  return 'the shop answers';
}

function asked(path: string): Promise<void> {
  const options = {
    host: shopAddress,
    port: shopPort,
    servername: publicHost,
    headers: { host: publicHost },
    ca: readFileSync(join(clusterFolder, 'ca.crt')),
    timeout: answerLimitMs,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, path }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else reject(new Error(`the gateway answers ${answer.statusCode}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('the gateway does not answer')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
