import { expect, test } from 'vitest';
import { sidecarFlags } from '../runner/app-programs.ts';
import { parseTemplate } from '../runner/template.ts';

const app = `
  - appID: orders
    appDirPath: apps/orders
    appPort: 1
    daprHTTPPort: 2
    daprGRPCPort: 3
    daprInternalGRPCPort: 4
    metricsPort: 5
    command: [node, src/main.ts]`;
const template = (apps: string) => `version: 1
common:
  resourcesPaths: [components]
  env: { DB_PORT: 13306, COLOUR: red }
apps:${apps}`;

test('paths of common start at the template, those of an app at its folder, its variables win', () => {
  const [orders] = parseTemplate(
    template(`${app}
    configFilePath: ../../components/config/orders.yaml
    env: { COLOUR: blue }`),
    '/shop',
  );
  expect(orders).toMatchObject({
    appId: 'orders',
    folder: '/shop/apps/orders',
    configFile: '/shop/components/config/orders.yaml',
    resourcesPaths: ['/shop/components'],
    env: { DB_PORT: '13306', COLOUR: 'blue' },
    ports: { app: 1, daprHttp: 2, daprGrpc: 3, daprInternal: 4, metrics: 5 },
    healthCheck: null,
  });
});

test('the sidecar gets ports, resources and health check, and listens on loopback only', () => {
  const [orders] = parseTemplate(
    template(`${app}
    enableAppHealthCheck: true
    appHealthCheckPath: /readyz
    appHealthProbeInterval: 1`),
    '/shop',
  );
  const flags = sidecarFlags(orders!).join(' ');
  expect(flags).toContain('--app-id orders --app-port 1');
  expect(flags).toContain('--resources-path /shop/components');
  expect(flags).toContain(
    '--enable-app-health-check --app-health-check-path /readyz --app-health-probe-interval 1',
  );
  expect(flags).toContain('--dapr-listen-addresses 127.0.0.1');
  expect(flags).not.toContain('--enable-mtls');
});

test.each([
  ['an unknown key', `${app}\n    appPrt: 1`, 'appPrt'],
  ['a missing port', app.replace('appPort: 1', ''), 'appPort'],
  ['the same app twice', app + app, 'duplicate'],
])('%s is refused by name', (_, apps, named) => {
  expect(() => parseTemplate(template(apps), '/shop')).toThrow(named);
});
