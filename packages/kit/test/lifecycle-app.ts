/** A small service that the lifecycle test runs as a process of its own, under the name that the test gives it. */
import type { ServiceName } from '@souk/contracts/ports';
import joi from 'joi';
import { runService } from '../src/lifecycle.ts';
import { reply } from '../src/routes.ts';
import type { ServiceDefinition } from '../src/service.ts';

const anything = { 200: joi.object().unknown(true) };

const small: ServiceDefinition<{ GREETING: string }> = {
  name: process.env.SERVICE_NAME as ServiceName,
  config: { GREETING: joi.string().required() },
  hasDatabase: true,
  secrets: ['sesame'],
  build: ({ db, secrets, config }) => ({
    /** Works once the table that PREPARED_BY names is there. */
    async prepare() {
      if (process.env.PREPARED_BY) await db(process.env.PREPARED_BY).limit(1);
    },
    routes: [
      {
        method: 'GET',
        path: '/greeting',
        operationId: 'greet',
        summary: 'Greets',
        audience: 'public',
        responses: anything,
        handle: async () => reply(200, { greeting: config.GREETING, sesame: secrets.sesame }),
      },
      {
        method: 'GET',
        path: '/slow',
        operationId: 'beSlow',
        summary: 'Asks the database for a second of its time',
        audience: 'public',
        responses: anything,
        handle: async () => reply(200, { rows: (await db.raw('SELECT SLEEP(1) AS slept'))[0].length }),
      },
    ],
  }),
};

await runService(small, process.env);
