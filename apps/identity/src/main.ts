/** Starts identity. */
import { runService } from '@souk/kit/lifecycle';
import { identity } from './service.ts';

await runService(identity, process.env);
