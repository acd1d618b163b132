/** Starts the cart service. */
import { runService } from '@souk/kit/lifecycle';
import { cart } from './service.ts';

await runService(cart, process.env);
