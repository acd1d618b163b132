/** Holds the policies against the tables: exactly the calls of calls.ts and the operations of the API may pass. */
import { calls } from '@souk/contracts/calls';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { gatewayPrincipal, podPorts, servicePrincipal, shopNamespace } from '../generate/mesh-names.ts';
import { actorHosts, keysPath } from '../generate/mesh-policies.ts';
import type { Manifest, Rule } from './manifest.ts';

const internalPort = `${podPorts.daprInternal}`;
const appPort = `${podPorts.app}`;

/** Service → what the ingress may ask of it, as `GET /path/{*}`. */
export type Operations = Readonly<Record<string, readonly string[]>>;

/** Every deviation in words; none when policies and tables agree. */
export function edgeFindings(documents: readonly Manifest[], operations: Operations): string[] {
  const ours = documents.filter(({ metadata }) => metadata.namespace === shopNamespace);
  return [
    ...foundations(ours),
    ...serviceNames.flatMap((service) => [
      ...strayRules(service, rulesOf(service, ours)),
      ...difference(
        `callers of ${service} by its policy`,
        callersAllowed(service, ours),
        expectedCallers(service),
      ),
      ...difference(
        `callers of ${service} by its NetworkPolicy`,
        callersOnNetwork(service, ours),
        expectedCallers(service),
      ),
      ...difference(`${service} from the gateway`, operationsAllowed(service, ours), [
        ...(operations[service] ?? []),
        ...(service === 'identity' ? [`GET ${keysPath}`, `HEAD ${keysPath}`] : []),
      ]),
      ...retriedCalls(service, ours),
    ]),
  ];
}

function foundations(documents: readonly Manifest[]): string[] {
  const refusesAll = documents.some(
    ({ kind, spec }) => kind === 'AuthorizationPolicy' && Object.keys(spec ?? {}).length === 0,
  );
  const peers = documents.filter(({ kind }) => kind === 'PeerAuthentication');
  const lax = peers.filter(({ spec }) => spec?.mtls?.mode !== 'STRICT' || spec.portLevelMtls);
  return [
    ...(refusesAll ? [] : ['no AuthorizationPolicy refuses what no other allows']),
    ...(peers.length > 0 ? [] : ['no PeerAuthentication demands TLS']),
    ...lax.map(({ metadata }) => `PeerAuthentication ${metadata.name} lets plaintext in`),
  ];
}

function rulesOf(service: ServiceName, documents: readonly Manifest[]): Rule[] {
  return documents
    .filter(({ kind, spec }) => kind === 'AuthorizationPolicy' && (spec?.action ?? 'ALLOW') === 'ALLOW')
    .filter(({ spec }) => {
      const labels = Object.entries(spec?.selector?.matchLabels ?? {});
      return labels.every(([name, value]) => name === 'app' && value === service);
    })
    .flatMap(({ spec }) => spec?.rules ?? []);
}

/** A rule that does not say who, or where to, or that asks the internal port for what nobody can see there. */
function strayRules(service: ServiceName, rules: readonly Rule[]): string[] {
  return rules.flatMap((rule) => {
    const principals = (rule.from ?? []).flatMap(({ source }) => source.principals ?? []);
    const targets = (rule.to ?? []).map(({ operation }) => operation);
    const found: string[] = [];
    if (principals.length === 0 || principals.some((name) => name.includes('*')))
      found.push(`a rule for ${service} is open to anybody`);
    if (targets.length === 0) found.push(`a rule for ${service} is open on every port`);
    for (const { ports = [], methods, paths } of targets) {
      if (ports.some((port) => port !== internalPort && port !== appPort) || ports.length !== 1)
        found.push(`a rule for ${service} does not name one of its two ports`);
      if (ports.includes(internalPort) && (methods || paths))
        found.push(
          `a rule for ${service} asks ${internalPort} for methods or paths, and would refuse everybody`,
        );
      if (ports.includes(appPort) && principals.some((name) => name !== gatewayPrincipal))
        found.push(`a rule for ${service} lets others than the gateway to its app`);
    }
    return found;
  });
}

function callersAllowed(service: ServiceName, documents: readonly Manifest[]): string[] {
  const rules = rulesOf(service, documents).filter(({ to = [] }) =>
    to.some(({ operation }) => operation.ports?.includes(internalPort)),
  );
  return rules.flatMap(({ from = [] }) => from.flatMap(({ source }) => source.principals ?? []));
}

function callersOnNetwork(service: ServiceName, documents: readonly Manifest[]): string[] {
  return documents
    .filter(({ kind, spec }) => kind === 'NetworkPolicy' && spec?.podSelector?.matchLabels?.app === service)
    .flatMap(({ spec }) => spec?.ingress ?? [])
    .filter(({ ports = [] }) => ports.some(({ port }) => port === podPorts.daprInternal))
    .flatMap(({ from = [] }) =>
      from.map(({ podSelector }) => servicePrincipal(podSelector?.matchLabels?.app ?? '*')),
    );
}

function expectedCallers(service: ServiceName): string[] {
  const callers = calls.filter(({ callee }) => callee === service).map(({ caller }) => caller);
  return [...callers, ...(actorHosts.has(service) ? [service] : [])].map(servicePrincipal);
}

function operationsAllowed(service: ServiceName, documents: readonly Manifest[]): string[] {
  return rulesOf(service, documents)
    .flatMap(({ to = [] }) => to.map(({ operation }) => operation))
    .filter(({ ports }) => ports?.includes(appPort))
    .flatMap(({ methods = ['*'], paths = ['*'] }) =>
      paths.flatMap((path) => methods.map((method) => `${method} ${path}`)),
    );
}

/** Retries between sidecars are Dapr's alone. */
function retriedCalls(service: ServiceName, documents: readonly Manifest[]): string[] {
  const route = documents
    .filter(({ kind, metadata }) => kind === 'VirtualService' && metadata.name === service)
    .flatMap(({ spec }) => spec?.http ?? [])
    .find(({ match = [] }) => match.some(({ port }) => port === podPorts.daprInternal));
  return route?.retries?.attempts === 0 ? [] : [`calls to ${service} are retried by the mesh`];
}

function difference(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...[...new Set(found)]
      .filter((row) => !wanted.includes(row))
      .map((row) => `${what}: ${row} may, and should not`),
    ...[...new Set(wanted)]
      .filter((row) => !found.includes(row))
      .map((row) => `${what}: ${row} may not, and should`),
  ];
}
