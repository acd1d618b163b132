/** Shipping. */
import type { ServiceDefinition } from '@souk/kit/service';

export const shipping: ServiceDefinition = {
  name: 'shipping',
  hasDatabase: true,
  secrets: [],
  build: () => ({ routes: [] }),
};
