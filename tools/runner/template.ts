/** Reads dapr.yaml, a multi-app run template of the Dapr CLI, and refuses what that CLI would not understand. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Joi from 'joi';
import { parse } from 'yaml';

/** One app with absolute paths and all defaults filled in. */
export interface TemplateApp {
  appId: string;
  folder: string;
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  ports: { app: number; daprHttp: number; daprGrpc: number; daprInternal: number; metrics: number };
  resourcesPaths: readonly string[];
  configFile: string | null;
  logLevel: string;
  healthCheck: { path: string; intervalSeconds: number; timeoutMs: number; threshold: number } | null;
}

const port = Joi.number().port().required();
const text = Joi.string().min(1);
const env = Joi.object().pattern(
  Joi.string(),
  Joi.alternatives(Joi.string().allow(''), Joi.number(), Joi.boolean()),
);
const shared = {
  env: env.default({}),
  resourcesPaths: Joi.array().items(text),
  daprdLogDestination: text,
  appLogDestination: text,
};

const appSchema = Joi.object({
  ...shared,
  appID: text.required(),
  appDirPath: text.required(),
  appPort: port,
  daprHTTPPort: port,
  daprGRPCPort: port,
  daprInternalGRPCPort: port,
  metricsPort: port,
  configFilePath: text,
  command: Joi.array().items(text).min(1).required(),
  logLevel: text.default('info'),
  enableAppHealthCheck: Joi.boolean().default(false),
  appHealthCheckPath: text.default('/healthz'),
  appHealthProbeInterval: Joi.number().integer().positive().default(5),
  appHealthProbeTimeout: Joi.number().integer().positive().default(500),
  appHealthThreshold: Joi.number().integer().positive().default(3),
});

const templateSchema = Joi.object({
  version: Joi.valid(1).required(),
  common: Joi.object(shared).default({ env: {} }),
  apps: Joi.array().items(appSchema).unique('appID').min(1).required(),
});

/** The template's apps. Paths of `common` start at the template, an app's own at its folder. */
export function readTemplate(path: string): TemplateApp[] {
  return parseTemplate(readFileSync(path, 'utf8'), dirname(path));
}

/** Same, from text; throws an error that names what is wrong. */
export function parseTemplate(yaml: string, folder: string): TemplateApp[] {
  const { value, error } = templateSchema.validate(parse(yaml), { abortEarly: false });
  if (error) throw new Error(`dapr.yaml: ${error.message}`);
  const commonResources = (value.common.resourcesPaths ?? []).map((path: string) => resolve(folder, path));
  return value.apps.map((app: Record<string, never>) =>
    appOf(app, { folder, commonResources, env: value.common.env }),
  );
}

interface Common {
  folder: string;
  commonResources: readonly string[];
  env: Record<string, unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: the schema above has just checked its shape
function appOf(app: any, common: Common): TemplateApp {
  const folder = resolve(common.folder, app.appDirPath);
  const own = app.resourcesPaths?.map((path: string) => resolve(folder, path));
  return {
    appId: app.appID,
    folder,
    command: app.command,
    env: Object.fromEntries(
      Object.entries({ ...common.env, ...app.env }).map(([name, value]) => [name, String(value)]),
    ),
    ports: {
      app: app.appPort,
      daprHttp: app.daprHTTPPort,
      daprGrpc: app.daprGRPCPort,
      daprInternal: app.daprInternalGRPCPort,
      metrics: app.metricsPort,
    },
    resourcesPaths: own ?? common.commonResources,
    configFile: app.configFilePath ? resolve(folder, app.configFilePath) : null,
    logLevel: app.logLevel,
    healthCheck: app.enableAppHealthCheck
      ? {
          path: app.appHealthCheckPath,
          intervalSeconds: app.appHealthProbeInterval,
          timeoutMs: app.appHealthProbeTimeout,
          threshold: app.appHealthThreshold,
        }
      : null,
  };
}
