/** Pods of tests: the smallest that the namespace's rules let in. */
const securityContext = {
  runAsNonRoot: true,
  runAsUser: 10_001,
  seccompProfile: { type: 'RuntimeDefault' },
};
const ofContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

export interface PodWish {
  name: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  /** What Node runs in it. */
  program: string;
  /** Whose it claims to be; an account of its own if absent. */
  account?: string;
}

/** A service account, unless another's is taken, and a pod of one container that Node runs. */
export function podObjects({ name, labels, annotations = {}, program, account }: PodWish): object[] {
  const metadata = { name, namespace: 'shop', labels };
  const own = account === undefined ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }] : [];
  const readinessProbe = { httpGet: { path: '/readyz', port: 3_000 } };
  return [
    ...own,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, annotations },
      spec: {
        serviceAccountName: account ?? name,
        terminationGracePeriodSeconds: 5,
        securityContext,
        containers: [
          {
            name: 'app',
            image: 'souk/services',
            command: ['node', '-e', program],
            securityContext: ofContainer,
            ...(labels['sidecar.istio.io/inject'] !== 'false' && { readinessProbe }),
          },
        ],
      },
    },
  ];
}

/** Answers everything with 200 on the port of the apps. */
export const friendlyProgram = "require('node:http').createServer((q, r) => r.end('ok')).listen(3000)";
