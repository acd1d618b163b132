/** Each sidecar's Configuration, from the call, port and secret tables: identity, who may call what, what the app may use. */
import { calls } from '@souk/contracts/calls';
import { ports, portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';
import { secretsOf } from '@souk/contracts/secrets';

/** APIs of the sidecar that kit uses; the SDK waits for `metadata` before its first call. */
const apisOfAll = [
  { name: 'metadata', version: 'v1.0' },
  { name: 'secrets', version: 'v1.0' },
  { name: 'configuration', version: 'v1.0' },
  { name: 'state', version: 'v1.0' },
  { name: 'publish', version: 'v1.0-alpha1' },
  { name: 'shutdown', version: 'v1.0' },
];

/** Not 0, which would end traces here: a caller's decision is kept, and timers start no traces of their own. */
const samplingRate = '0.00001';

/** Who sends mails, and who keeps pictures. */
const usesBindings: ReadonlySet<ServiceName> = new Set(['notifications', 'catalog']);

/** What has ended is kept for an hour, for whoever looks into it. */
const hostsWorkflows: ReadonlySet<ServiceName> = new Set(['identity']);

/** The Configuration of one service's sidecar, as an object. */
export function daprConfiguration(service: ServiceName) {
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Configuration',
    metadata: { name: service },
    spec: {
      mtls: { enabled: true, workloadCertTTL: '24h', allowedClockSkew: '15m' },
      accessControl: accessControl(service),
      api: { allowed: allowedApis(service) },
      secrets: {
        scopes: [
          { storeName: 'secretstore', defaultAccess: 'deny', allowedSecrets: [...secretsOf[service]] },
        ],
      },
      nameResolution: { component: 'kubernetes', configuration: { template: addressTemplate() } },
      tracing: {
        samplingRate,
        otel: { endpointAddress: `127.0.0.1:${ports.jaegerOtlpGrpc}`, isSecure: false, protocol: 'grpc' },
      },
      ...(hostsWorkflows.has(service) && { workflow: { stateRetentionPolicy: { anyTerminal: '1h' } } }),
      metrics: { enabled: true, http: { increasedCardinality: false } },
    },
  };
}

/** Nobody may do anything, but for the rows of the call table. */
function accessControl(callee: ServiceName) {
  const rows = calls.filter((call) => call.callee === callee);
  const callers = serviceNames.filter((name) => rows.some(({ caller }) => caller === name));
  return {
    defaultAction: 'deny',
    trustDomain: 'public',
    policies: callers.map((caller) => ({
      appId: caller,
      defaultAction: 'deny',
      trustDomain: 'public',
      namespace: 'default',
      operations: operationsOf(rows.filter((row) => row.caller === caller)),
    })),
  };
}

/** One operation a path, with all its verbs; a parameter, which is always last, becomes `*`. */
function operationsOf(rows: { method: string; path: string }[]) {
  const byPath = Map.groupBy(rows, ({ path }) => path.replace(/\{\w+\}$/, '*'));
  return [...byPath].map(([name, ofPath]) => ({
    name,
    httpVerb: ofPath.map(({ method }) => method).toSorted(),
    action: 'allow',
  }));
}

function allowedApis(service: ServiceName) {
  const calling = calls.some(({ caller }) => caller === service);
  return [
    ...apisOfAll,
    ...(calling ? [{ name: 'invoke', version: 'v1.0' }] : []),
    ...(usesBindings.has(service) ? [{ name: 'bindings', version: 'v1.0' }] : []),
  ].map((api) => ({ ...api, protocol: 'http' }));
}

/** App id → address of its sidecar, in Go's template language (docs/decisions/0002-name-resolution.md). */
function addressTemplate(): string {
  const rows = serviceNames.map((name) => `eq .ID "${name}"}}127.0.0.1:${portsOf(name).daprInternal}{{`);
  return `{{if ${rows.join('else if ')}end}}`;
}
