/** Puts in place what the mesh's commands run: Istio and Kubernetes built from their Go modules, etcd from Debian. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, root } from '../platform/paths.ts';
import type { Tell } from '../platform/progress.ts';
import { runCommand } from '../platform/run-command.ts';
import { captured } from './captured.ts';
import {
  bootstrapTemplate,
  definitionModules,
  etcdBinary,
  type MeshTool,
  meshToolPath,
  sourceOf,
  sources,
} from './mesh-tools.ts';

const aptLimitMs = 600_000;
const buildLimitMs = 2_400_000;
const downloadLimitMs = 600_000;
const policyFile = '/usr/sbin/policy-rc.d';
const policyText =
  '#!/bin/sh\n# Written by souk while it installs etcd: its own daemon must not start.\nexit 101\n';

/** Builds those of the tools that are not in the cache yet. */
export async function buildMeshTools(tools: readonly MeshTool[], tell: Tell): Promise<string> {
  const missing = tools.filter((tool) => !existsSync(meshToolPath(tool)));
  for (const tool of missing) await buildTool(tool, (line) => tell(`${tool}: ${line}`));
  return missing.length === 0 ? 'there' : `built ${missing.join(', ')}`;
}

async function buildTool(tool: MeshTool, tell: Tell): Promise<void> {
  const name = sourceOf(tool);
  const { stamps, binaries } = sources[name];
  const { package: goPackage, tags } = (binaries as Record<string, { package: string; tags?: string }>)[
    tool
  ]!;
  const target = meshToolPath(tool);
  mkdirSync(dirname(target), { recursive: true });
  const workplace = mkdtempSync(join(tmpdir(), 'souk-build-'));
  const unfinished = join(dirname(target), `.${tool}.${process.pid}`);
  try {
    cpSync(join(root, 'tools/mesh/go', name), workplace, { recursive: true });
    const linker = ['-s', '-w', ...stamps.flatMap((stamp) => ['-X', stamp])].join(' ');
    const flags = ['-mod=mod', '-trimpath', ...(tags ? ['-tags', tags] : []), '-ldflags', linker];
    await runCommand(['go', 'build', ...flags, '-o', unfinished, goPackage], {
      cwd: workplace,
      limitMs: buildLimitMs,
      tell,
    });
    renameSync(unfinished, target);
  } finally {
    rmSync(workplace, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
  }
}

/** etcd from the system's packages, without starting the system's own service. */
export const installEtcd = (tell: Tell): Promise<string> => installPackages(etcdPackage, tell);

/** What mesh-up needs beside it: namespaces, redirection, and a look at the packets between pods. */
export const installMeshPackages = (tell: Tell): Promise<string> =>
  installPackages({ ...etcdPackage, ...networkPackages }, tell);

/** Binary → package. */
const etcdPackage = { [etcdBinary]: 'etcd-server' };
const networkPackages = {
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/iptables': 'iptables',
  '/usr/bin/tcpdump': 'tcpdump',
  '/usr/bin/curl': 'curl',
};

async function installPackages(wanted: Record<string, string>, tell: Tell): Promise<string> {
  const missing = Object.keys(wanted)
    .filter((path) => !existsSync(path))
    .map((path) => wanted[path]!);
  if (missing.length === 0) return 'there';
  if (process.getuid?.() !== 0) throw new Error(`run as root once, or: apt-get install ${missing.join(' ')}`);
  if (!existsSync(policyFile)) writeFileSync(policyFile, policyText, { mode: 0o755 });
  const apt = (...words: string[]) =>
    runCommand(['apt-get', '-o', 'DPkg::Lock::Timeout=120', ...words], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      limitMs: aptLimitMs,
      tell,
    });
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...missing);
  } finally {
    if (readFileSync(policyFile, 'utf8') === policyText) rmSync(policyFile);
  }
  return `installed ${missing.join(', ')}`;
}

/** The folder with every resource definition (CRD), filled from the modules once. */
export const definitionsFolder = join(
  cacheFolder,
  `definitions-${definitionModules
    .map(({ sum }) => sum.slice(3, 7))
    .join('-')
    .replaceAll(/[^\w-]/g, '_')}`,
);

/** Istio's template of Envoy's first configuration, out of the same module as its binaries. */
export async function fetchBootstrap(): Promise<string> {
  if (existsSync(bootstrapTemplate)) return 'there';
  const folder = await moduleFolder(definitionModules[0]);
  copyFileSync(join(folder, 'tools/packaging/common/envoy_bootstrap.json'), bootstrapTemplate);
  return 'from its module';
}

/** Takes the definitions out of their modules; Go itself checks what it downloads, and we that it is what we know. */
export async function fetchDefinitions(tell: Tell): Promise<string> {
  if (existsSync(definitionsFolder)) return 'there';
  const unfinished = `${definitionsFolder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const wanted of definitionModules) {
    const { module, version, path } = wanted;
    tell(`${module}@${version}`);
    copyYaml(join(await moduleFolder(wanted), path), unfinished, module.replaceAll('/', '-'));
  }
  renameSync(unfinished, definitionsFolder);
  return `from ${definitionModules.length} modules`;
}

/** Where Go has put a module; rejects one with another checksum than ours. */
async function moduleFolder({ module, version, sum }: (typeof definitionModules)[number]): Promise<string> {
  const { stdout, ok, stderr } = await captured(
    ['go', 'mod', 'download', '-json', `${module}@${version}`],
    // Outside of any module: nothing but this one is looked at.
    { cwd: tmpdir(), limitMs: downloadLimitMs },
  );
  if (!ok) throw new Error(`cannot get ${module}@${version}: ${stdout}${stderr}`);
  const answer = JSON.parse(stdout) as { Dir: string; Sum: string };
  if (answer.Sum !== sum) throw new Error(`${module}@${version} has the checksum ${answer.Sum}, not ${sum}`);
  return answer.Dir;
}

function copyYaml(from: string, to: string, prefix: string): void {
  const files = statSync(from).isDirectory() ? readdirSync(from).map((name) => join(from, name)) : [from];
  for (const file of files) {
    const isDefinition = file.endsWith('.yaml') && !file.endsWith('kustomization.yaml');
    if (isDefinition) copyFileSync(file, join(to, `${prefix}-${basename(file)}`));
  }
}
