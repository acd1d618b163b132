/** The network of the mesh's shop: a namespace with a bridge to which pods are plugged in, and one cable to this machine. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicHost } from '../generate/mesh-names.ts';
import { root } from '../platform/paths.ts';
import { captured } from './captured.ts';

const prefix = '10.83.0';

/** Platform and control plane live in the namespace itself, under `outside`; each pod in one of its own. */
export const network = Object.freeze({
  namespace: 'souk-mesh',
  bridge: 'pods',
  outside: `${prefix}.1`,
  /** This machine's end of the cable. */
  machine: `${prefix}.254`,
  addressOf: (last: number) => `${prefix}.${last}`,
  /** Last numbers of addresses: a few for the gateway's pods, so that the shop is always found at the first. */
  gatewayRange: [2, 9],
  podRange: [10, 250],
});

/** Where the shop answers. */
export const shopAddress = network.addressOf(network.gatewayRange[0]!);
export const shopPort = 8_443;
export const shopOrigin = `https://${publicHost}:${shopPort}`;

const limitMs = 10_000;
const cable = network.namespace;
/** Read by `ip netns exec` alone: files that stand in for those of /etc. */
export const etcOf = (namespace: string) => join('/etc/netns', namespace);
/** Written last; it says whose the network is. */
const ownerFile = `/run/${network.namespace}.owner`;

/** Runs `ip` with these words; throws when it refuses. */
export async function ip(...words: string[]): Promise<string> {
  const { ok, stdout, stderr } = await captured(['ip', ...words], { limitMs });
  if (!ok) throw new Error(`ip ${words.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

/** What must be put before a command to run it in the mesh's network, with the machine's own files. */
export const inside = ['nsenter', `--net=/run/netns/${network.namespace}`, '--'] as const;
/** The same, where the shop's public name leads to its gateway. */
export const insideWithNames = ['ip', 'netns', 'exec', network.namespace] as const;

/** Says what is missing on this machine, if anything is. */
export async function refuseUnfitMachine(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error(
      'The mesh needs network namespaces, and so root: run it with sudo, or in a machine of its own.',
    );
  const probe = `${network.namespace}-probe`;
  await captured(['ip', 'netns', 'del', probe], { limitMs });
  await ip('netns', 'add', probe).catch((error: Error) => {
    throw new Error(`This kernel gives no network namespaces: ${error.message}`);
  });
  try {
    const rule = [
      '-t',
      'nat',
      '-A',
      'OUTPUT',
      '-p',
      'tcp',
      '-m',
      'owner',
      '--uid-owner',
      '1337',
      '-j',
      'RETURN',
    ];
    const { ok, stderr } = await captured(['ip', 'netns', 'exec', probe, 'iptables', ...rule], { limitMs });
    if (!ok) throw new Error(`This kernel does not let iptables redirect: ${stderr.trim()}`);
  } finally {
    await ip('netns', 'del', probe);
  }
}

/** Makes the network unless it is there; refuses when it is another checkout's, or when its addresses are taken. */
export async function makeNetwork(): Promise<string> {
  if (networkOwner() === root) return `${network.outside}, there already`;
  refuseOtherOwner();
  await removeNamespaces();
  const taken = (await ip('-4', 'route', 'show', 'match', network.outside))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('default'));
  if (taken.length > 0) throw new Error(`The addresses ${prefix}.* are taken here: ${taken.join('; ')}`);
  const { namespace, bridge } = network;
  await ip('netns', 'add', namespace);
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  await ip('-n', namespace, 'link', 'add', bridge, 'type', 'bridge');
  await ip('-n', namespace, 'addr', 'add', `${network.outside}/24`, 'dev', bridge);
  await ip('-n', namespace, 'link', 'set', bridge, 'up');
  await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'machine', 'netns', namespace);
  await ip('-n', namespace, 'link', 'set', 'machine', 'master', bridge, 'up');
  await ip('addr', 'add', `${network.machine}/24`, 'dev', cable);
  await ip('link', 'set', cable, 'up');
  mkdirSync(etcOf(namespace), { recursive: true });
  writeFileSync(join(etcOf(namespace), 'hosts'), `127.0.0.1 localhost\n${shopAddress} ${publicHost}\n`);
  writeFileSync(ownerFile, root);
  return `${network.outside} to ${network.machine}`;
}

/** The checkout whose mesh is up; null when there is none. */
export const networkOwner = () => (existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8') : null);

export function refuseOtherOwner(): void {
  const owner = networkOwner();
  if (owner !== null && owner !== root)
    throw new Error(`The mesh of another checkout is up. End it there first: make -C ${owner} mesh-down`);
}

/** Every namespace of the mesh. */
export async function namespacesOfMesh(): Promise<string[]> {
  const names = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0]!);
  return names.filter((name) => name === network.namespace || name.startsWith(`${network.namespace}-`));
}

/** Takes the network away, with whatever still runs in it; interfaces go with their namespaces. */
export async function removeNamespaces(): Promise<void> {
  const names = await namespacesOfMesh();
  // The outer one last: an interrupted removal is found by it.
  for (const name of names.toSorted((a, b) => b.length - a.length)) await removeNamespace(name);
  rmSync(ownerFile, { force: true });
}

/** Ends what runs in one namespace, and the namespace. */
export async function removeNamespace(name: string): Promise<void> {
  for (const pid of (await ip('netns', 'pids', name)).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await ip('netns', 'del', name);
  rmSync(etcOf(name), { recursive: true, force: true });
}
