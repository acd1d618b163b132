/** Pods as the Deployments would make them: nothing here makes pods, and istioctl looks for those that a policy is about. */
import { stringify } from 'yaml';
import type { Manifest } from './manifest.ts';

/** One pod a Deployment, each with the proxy that the injector would add. */
export function standInPods(documents: readonly Manifest[]): string {
  return documents
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata, spec }) => {
      const template = spec!.template!;
      return stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: `${metadata.name}-stand-in`,
          namespace: metadata.namespace,
          labels: template.metadata.labels,
        },
        spec: { ...template.spec, containers: withProxy(template.spec.containers) },
      });
    })
    .join('---\n');
}

function withProxy(containers: { name: string }[]) {
  const named = containers.map((container) =>
    container.name === 'istio-proxy' ? { ...container, image: 'istio/proxyv2' } : container,
  );
  const has = named.some(({ name }) => name === 'istio-proxy');
  return has ? named : [...named, { ...proxy, securityContext }];
}

const securityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
const proxy = {
  name: 'istio-proxy',
  image: 'istio/proxyv2',
  resources: { requests: { cpu: '100m', memory: '128Mi' } },
};
