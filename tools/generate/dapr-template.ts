/** dapr.yaml: the multi-app run template, for the Dapr CLI and for the project's own runner alike. */
import { ports, portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';
import { isGoApp } from '../platform/go-apps.ts';

/** The template as an object. */
export function daprTemplate() {
  return {
    version: 1,
    common: {
      resourcesPaths: ['components'],
      appLogDestination: 'console',
      daprdLogDestination: 'console',
      env: {
        NODE_ENV: 'development',
        DB_HOST: '127.0.0.1',
        DB_PORT: ports.mariadb,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.jaegerOtlpHttp}`,
        // Compiled code is kept: a service starts with two thirds of the work.
        NODE_COMPILE_CACHE: '../../.souk/compile-cache',
        // Ten sidecars share the machine: threads that wait for one another cost each of them a tenth more.
        GOMAXPROCS: 1,
      },
    },
    apps: serviceNames.map(appOf),
  };
}

/**
 * Bounds of the heap, in MiB: on a large machine Node else lets garbage pile up. Measured after 4,000 requests: 120 MiB PSS
 * where it is 240 without them, for 4 % more CPU. The young generation has its size from the start: docs/decisions/0011.
 */
const heap = ['--max-old-space-size=256', '--min-semi-space-size=8', '--max-semi-space-size=8'];
const nodeCommand = ['../../.souk/bin/node', ...heap, '--import', '@souk/kit/telemetry', 'src/main.ts'];

/** The same for a Go service, by its runtime's own variable. */
const goSettings = { GOMEMLIMIT: '48MiB' };

/** Settings of one service alone. On one machine everybody comes from the same address. */
const ownSettings: Readonly<Partial<Record<ServiceName, Record<string, number>>>> = {
  identity: { LIMIT_ADDRESS_PER_MINUTE: 5_000 },
  orders: { LIMIT_ORDERS_PER_BUYER: 5_000, LIMIT_ORDERS_PER_ADDRESS: 1_000_000 },
};

/** Paths of an app are relative to its own folder. The health check also stops deliveries while the database is away. */
function appOf(service: ServiceName) {
  const { app, daprHttp, daprGrpc, daprInternal, metrics } = portsOf(service);
  return {
    appID: service,
    appDirPath: `apps/${service}`,
    appPort: app,
    daprHTTPPort: daprHttp,
    daprGRPCPort: daprGrpc,
    daprInternalGRPCPort: daprInternal,
    metricsPort: metrics,
    configFilePath: `../../components/config/${service}.yaml`,
    logLevel: 'warn',
    enableAppHealthCheck: true,
    appHealthCheckPath: '/readyz',
    appHealthProbeInterval: 1,
    appHealthProbeTimeout: 900,
    // A restart takes less than four probes, so that it does not count: docs/decisions/0012-app-health.md.
    appHealthThreshold: 4,
    env: { OTEL_SERVICE_NAME: service, ...(isGoApp(service) && goSettings), ...ownSettings[service] },
    command: isGoApp(service) ? [`../../.souk/bin/${service}`] : nodeCommand,
  };
}
