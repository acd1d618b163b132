/** The merged document has every public route of every service once, and none that the ingress does not reach. */
import { serviceAt } from '@souk/contracts/ingress';
import { describe, expect, it } from 'vitest';
import { mergedOpenApi } from '../generate/merged-openapi.ts';

describe('the merged OpenAPI document', () => {
  it('holds the public routes of all services and nothing internal', async () => {
    const document = (await mergedOpenApi()) as { openapi: string; paths: Record<string, object> };
    const paths = Object.keys(document.paths);
    expect(document.openapi).toBe('3.1.0');
    expect(paths).toEqual(expect.arrayContaining(['/products', '/carts', '/orders', '/payment-methods']));
    for (const path of paths) {
      expect([path, serviceAt(path)]).toEqual([path, expect.any(String)]);
    }
  });
});
