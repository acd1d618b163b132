/** Starts the inventory service. */
import { runService } from '@souk/kit/lifecycle';
import { inventory } from './service.ts';

await runService(inventory, process.env);
