/** The one table of every port that Souk opens; all of them on loopback. */

/** Ports of the local platform: everything that is not one of our services. */
export const ports = Object.freeze({
  ingress: 8080,
  envoyAdmin: 19901,
  mariadb: 13306,
  redis: 16379,
  smtp: 12525,
  smtpApi: 12580,
  pspSimulator: 12600,
  jaegerQuery: 16686,
  jaegerOtlpGrpc: 4317,
  jaegerOtlpHttp: 4318,
  jaegerAdmin: 14269,
  sentry: 50001,
  sentryHealth: 50011,
  placement: 50005,
  placementHealth: 50015,
  placementMetrics: 50025,
  placementRaft: 50035,
  scheduler: 50006,
  schedulerHealth: 50016,
  schedulerMetrics: 50026,
  schedulerEtcdClient: 52379,
  schedulerEtcdPeer: 52380,
});

/** First port of each service: the app's own; its sidecar's follow (see {@link portsOf}). */
const firstPorts = Object.freeze({
  catalog: 14010,
  pricing: 14020,
  inventory: 14030,
  cart: 14040,
  orders: 14050,
  payments: 14060,
  notifications: 14070,
  identity: 14080,
  shipping: 14090,
  recommendations: 14100,
});

/** The name of one of our services; also its Dapr app id and its database schema. */
export type ServiceName = keyof typeof firstPorts;

/** Every service, in the order in which people meet them. */
export const serviceNames = Object.freeze(Object.keys(firstPorts)) as readonly ServiceName[];

/** The five ports of a service: the app, then its sidecar's HTTP, gRPC, internal gRPC and metrics. */
export function portsOf(service: ServiceName) {
  const app = firstPorts[service];
  return { app, daprHttp: app + 1, daprGrpc: app + 2, daprInternal: app + 3, metrics: app + 4 };
}
