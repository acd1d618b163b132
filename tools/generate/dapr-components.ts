/** The pub/sub component, whose scopes come from the event table; the other components are written by hand. */
import { deadLetterTopic, type EventType, events, heardBy, publishedBy } from '@souk/contracts/events';
import { ports, type ServiceName, serviceNames } from '@souk/contracts/ports';

/** Redis Streams, as an object. */
export function pubsubComponent() {
  const metadata: Record<string, string> = {
    redisHost: `127.0.0.1:${ports.redis}`,
    redisPassword: '',
    // Each topic holds a connection in a blocking read; the default of 10 a processor starves.
    poolSize: '64',
    concurrency: '20',
    // How long one read waits for news. Without it a read waits for ever, also after its subscription has ended: each
    // restart of an app then leaves a reader behind that takes one event, which comes 15 s late, and in time the pool is
    // used up (seen: 57 readers for 25 subscriptions, then "connection pool timeout").
    // Each end of it is an error line in the sidecar's log and a new connection, so it is not short.
    readTimeout: '60s',
    poolTimeout: '3s',
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
