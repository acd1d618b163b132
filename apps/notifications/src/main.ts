/** Starts the notifications service. */
import { runService } from '@souk/kit/lifecycle';
import { notifications } from './service.ts';

await runService(notifications, process.env);
