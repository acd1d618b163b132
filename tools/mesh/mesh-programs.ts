/** Every process of the mesh's shop but those in its pods: the platform outside the mesh, and the control plane. */
import { join } from 'node:path';
import { platformPrograms, withEnvironment } from '../platform/programs.ts';
import type { Program } from '../runner/program.ts';
import { clusterFolder } from './cluster-paths.ts';
import { clusterPrograms } from './cluster-programs.ts';
import { insideWithNames, shopOrigin } from './mesh-network.ts';

/** Istio's gateway is the ingress, and its authority gives out the certificates. */
const notInTheMesh = ['ingress', 'sentry'];

/** What signs the shop's certificate here. */
export const publicAuthority = join(clusterFolder, 'ca.crt');

/** All of them, for the supervisor. */
export function meshPrograms(): Program[] {
  const platform = platformPrograms().filter(({ name }) => !notInTheMesh.includes(name));
  return withEnvironment([
    ...platform.map((program) => (program.name === 'psp-simulator' ? callingTheShop(program) : program)),
    ...clusterPrograms(),
  ]);
}

/** Its webhooks go to the shop's public name, by HTTPS. */
function callingTheShop(program: Program): Program {
  return {
    ...program,
    command: [...insideWithNames, ...program.command],
    env: {
      ...program.env,
      PSP_WEBHOOK_URL: `${shopOrigin}/api/v1/payments/webhooks/simulator`,
      NODE_EXTRA_CA_CERTS: publicAuthority,
    },
  };
}
