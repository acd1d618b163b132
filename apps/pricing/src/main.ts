/** Starts pricing. */
import { runService } from '@souk/kit/lifecycle';
import { pricing } from './service.ts';

await runService(pricing, process.env);
