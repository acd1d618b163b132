/** Starts payments. */
import { runService } from '@souk/kit/lifecycle';
import { payments } from './service.ts';

await runService(payments, process.env);
