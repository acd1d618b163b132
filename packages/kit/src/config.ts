/** Configuration: the environment, read once through one schema, all faults named at once. */
import joi from 'joi';

/** What every service reads from its environment; defaults suit the local platform. */
const common = {
  NODE_ENV: joi.string().valid('development', 'production', 'test').default('production'),
  APP_PORT: joi.number().port().required(),
  APP_HOST: joi.string().hostname().default('127.0.0.1'),
  DAPR_HTTP_PORT: joi.number().port().required(),
  DAPR_GRPC_PORT: joi.number().port().required(),
  DAPR_API_TOKEN: joi.string().min(16).required(),
  APP_API_TOKEN: joi.string().min(16).required(),
  DB_HOST: joi.string().hostname().default('127.0.0.1'),
  DB_PORT: joi.number().port().default(13306),
  DB_POOL_SIZE: joi.number().integer().min(1).max(64).default(12),
  LOG_LEVEL: joi.string().valid('error', 'warn', 'info', 'debug').default('info'),
  /** Chaos tests only: the process ends itself when it passes this point for the n-th time. */
  SOUK_CRASH_POINT: joi.string().max(100),
  SOUK_CRASH_PASS: joi.number().integer().min(1).default(1),
};

export interface CommonConfig {
  NODE_ENV: string;
  APP_PORT: number;
  APP_HOST: string;
  DAPR_HTTP_PORT: number;
  DAPR_GRPC_PORT: number;
  DAPR_API_TOKEN: string;
  APP_API_TOKEN: string;
  DB_HOST: string;
  DB_PORT: number;
  DB_POOL_SIZE: number;
  LOG_LEVEL: string;
  SOUK_CRASH_POINT?: string;
  SOUK_CRASH_PASS: number;
}

export type Environment = Record<string, string | undefined>;

/** Reads the common settings and a service's own (`schema`: name → joi). Throws one error that lists every fault. */
export function readConfig<Own extends object = object>(
  env: Environment,
  schema: joi.SchemaMap = {},
): Readonly<CommonConfig & Own> {
  const { value, error } = joi
    .object({ ...common, ...schema })
    .validate(env, { abortEarly: false, stripUnknown: true, errors: { wrap: { label: false } } });
  if (error)
    throw new Error(`The environment is incomplete:\n  ${error.details.map((d) => d.message).join('\n  ')}`);
  return Object.freeze(value);
}
