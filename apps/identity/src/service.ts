/** Identity. */
import type { ServiceDefinition } from '@souk/kit/service';

export const identity: ServiceDefinition = {
  name: 'identity',
  hasDatabase: true,
  secrets: [],
  build: () => ({ routes: [] }),
};
