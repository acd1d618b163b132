/** A pod's network namespace: plugged into the bridge, with Istio's redirection where it has a proxy. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captured } from '../captured.ts';
import { etcOf, ip, namespacesOfMesh, network, removeNamespace } from '../mesh-network.ts';
import { meshToolPath } from '../mesh-tools.ts';
import type { Place } from './pod.ts';

const limitMs = 20_000;
/** What pilot-agent itself answers, past the proxy: metrics, probes of the apps, its own health. */
const pastTheProxy = '15090,15021,15020';
const proxyUser = '1337';

/** Makes it anew, whatever an interrupted attempt has left. */
export async function plugIn(place: Place, redirected: boolean): Promise<void> {
  const { namespace } = place;
  await unplug(place);
  const last = place.ip.slice(place.ip.lastIndexOf('.') + 1);
  await ip('netns', 'add', namespace);
  const peer = ['peer', 'name', 'eth0', 'address', hardwareAddressOf(place.ip), 'netns', namespace];
  await ip('link', 'add', `pod${last}`, 'type', 'veth', ...peer);
  await ip('link', 'set', `pod${last}`, 'master', network.bridge, 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  await ip('-n', namespace, 'addr', 'add', `${place.ip}/24`, 'dev', 'eth0');
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  await ip('-n', namespace, 'route', 'add', 'default', 'via', network.outside);
  writeNames(namespace);
  if (redirected) await redirect(namespace);
}

/**
 * The same for the same address, because addresses are used again: neighbours that still know the last pod there would
 * send to its cable for seconds, and a connection to the new pod would time out.
 */
function hardwareAddressOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

export async function unplug({ namespace }: Place): Promise<void> {
  if ((await namespacesOfMesh()).includes(namespace)) await removeNamespace(namespace);
}

/** Questions about names go to pilot-agent, which knows the mesh's; the agent denies all others (unknown-names.ts). */
function writeNames(namespace: string): void {
  mkdirSync(etcOf(namespace), { recursive: true });
  const domains = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
  const lines = [`nameserver ${network.outside}`, `search ${domains.join(' ')}`, 'options ndots:5 timeout:1'];
  writeFileSync(join(etcOf(namespace), 'resolv.conf'), `${lines.join('\n')}\n`);
}

/** As Istio's CNI plug-in does it on a node. */
async function redirect(namespace: string): Promise<void> {
  const users = ['-u', proxyUser, '-g', proxyUser];
  const all = [
    '-p',
    '15001',
    '-z',
    '15006',
    '-m',
    'REDIRECT',
    '-i',
    '*',
    '-x',
    '',
    '-b',
    '*',
    '--redirect-dns',
  ];
  const { ok, stdout, stderr } = await captured(
    [
      ...['ip', 'netns', 'exec', namespace, meshToolPath('pilot-agent'), 'istio-iptables'],
      ...[...all, ...users, '-d', pastTheProxy],
    ],
    { limitMs },
  );
  if (!ok) throw new Error(`istio-iptables: ${(stdout + stderr).trim().slice(-400)}`);
}
