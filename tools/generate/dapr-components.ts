/** The pub/sub component, whose scopes come from the event table; the other components are written by hand. */
import { deadLetterTopic, type EventType, events, heardBy, publishedBy } from '@souk/contracts/events';
import { ports, type ServiceName, serviceNames } from '@souk/contracts/ports';

/** Redis Streams, as an object. */
export function pubsubComponent() {
  const metadata: Record<string, string> = {
    redisHost: `127.0.0.1:${ports.redis}`,
    redisPassword: '',
    // Each topic holds a connection in a blocking read; the default of 10 a processor starves. Each time that the app is
    // away the old readers stay for readTimeout (docs/decisions/0012-app-health.md).
    poolSize: '128',
    readTimeout: '120s',
    poolTimeout: '3s',
    concurrency: '20',
    // Both in milliseconds: of redeliverInterval a text like '2s' is ignored without a word.
    processingTimeout: '15000',
    redeliverInterval: '2000',
    maxLenApprox: '200000',
    allowedTopics: allTopics().join(','),
    // Who is not listed may do all, so everybody is; the sidecar itself publishes dead letters under its app's scope.
    publishingScopes: scopes((service) => [...publishedBy(service), deadLetterTopic(service)]),
    subscriptionScopes: scopes((service) => [...heardBy(service), deadLetterTopic(service)]),
  };
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'pubsub' },
    auth: { secretStore: 'secretstore' },
    spec: {
      type: 'pubsub.redis',
      version: 'v1',
      metadata: Object.entries(metadata).map(([name, value]) =>
        name === 'redisPassword'
          ? { name, secretKeyRef: { name: 'redis-password', key: 'redis-password' } }
          : { name, value },
      ),
    },
    scopes: [...serviceNames],
  };
}

function allTopics(): string[] {
  return [...(Object.keys(events) as EventType[]), ...serviceNames.map(deadLetterTopic)];
}

function scopes(topicsOf: (service: ServiceName) => string[]): string {
  return serviceNames.map((service) => `${service}=${topicsOf(service).join(',')}`).join(';');
}
