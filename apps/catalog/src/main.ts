/** Starts catalog. */
import { runService } from '@souk/kit/lifecycle';
import { catalog } from './service.ts';

await runService(catalog, process.env);
