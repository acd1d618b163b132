/** What the API's own description says the ingress may ask of each service: the other side of the policies. */
import { serviceAt } from '@souk/contracts/ingress';
import { mergedOpenApi } from '../generate/merged-openapi.ts';
import type { Operations } from './edge-check.ts';

/** Service → `GET /orders/{*}` and so on; whoever may GET may also ask for the headers alone. */
export async function operationsOfApi(): Promise<Operations> {
  const { paths } = (await mergedOpenApi()) as { paths: Record<string, object> };
  const found: Record<string, string[]> = {};
  for (const [path, operations] of Object.entries(paths)) {
    const service = serviceAt(path);
    if (!service) throw new Error(`no ingress route leads to ${path}`);
    const pattern = path.replaceAll(/\{\w+\}/g, '{*}');
    const methods = Object.keys(operations).map((method) => method.toUpperCase());
    const asked = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])];
    found[service] = [...(found[service] ?? []), ...asked.map((method) => `${method} ${pattern}`)];
  }
  return found;
}
