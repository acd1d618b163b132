/** Starts the orders service. */
import { runService } from '@souk/kit/lifecycle';
import { orders } from './service.ts';

await runService(orders, process.env);
