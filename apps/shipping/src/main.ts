/** Starts shipping. */
import { runService } from '@souk/kit/lifecycle';
import { shipping } from './service.ts';

await runService(shipping, process.env);
