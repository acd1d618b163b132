/** What went over a pod's cable, by tcpdump: each TCP packet's addresses and payload. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { network } from '../../tools/mesh/mesh-network.ts';
import type { MeshPod } from './mesh.ts';

const startLimitMs = 10_000;
const fileHeader = 24;
const packetHeader = 16;
const ethernet = 14;

export interface Packet {
  from: string;
  to: string;
  /** Addresses and ports of its connection and direction. */
  flow: string;
  payload: Buffer;
}

/** Listens while `work` runs; answers the packets that carry something. */
export async function packetsDuring(
  pod: Pick<MeshPod, 'name'>,
  work: () => Promise<void>,
): Promise<Packet[]> {
  const file = join(tmpdir(), `souk-packets-${process.pid}.pcap`);
  // At once: else the kernel hands packets over once a second, and the last second of them is lost at the end.
  const listen = ['tcpdump', '-i', 'eth0', '--immediate-mode', '-U', '-Z', 'root', '-w', file, 'tcp'];
  const child = spawn('ip', ['netns', 'exec', `${network.namespace}-${pod.name}`, ...listen]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('tcpdump does not start')), startLimitMs);
      child.stderr.on('data', (said) => {
        if (!String(said).includes('listening on')) return;
        clearTimeout(late);
        resolve();
      });
      child.on('error', reject);
    });
    await work();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
  const packets = parsed(readFileSync(file));
  rmSync(file);
  return packets;
}

/** The file format of libpcap: little-endian lengths before each Ethernet frame. */
function parsed(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = fileHeader; at + packetHeader <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const packet = read(bytes.subarray(at + packetHeader, at + packetHeader + length));
    if (packet && packet.payload.length > 0) packets.push(packet);
    at += packetHeader + length;
  }
  return packets;
}

function read(frame: Buffer): Packet | undefined {
  const isIpv4 = frame.readUInt16BE(12) === 0x0800;
  if (!isIpv4) return undefined;
  const ip = frame.subarray(ethernet);
  const tcp = ip.subarray((ip[0]! & 15) * 4, ip.readUInt16BE(2));
  const [from, to] = [12, 16].map((at) => [...ip.subarray(at, at + 4)].join('.')) as [string, string];
  const flow = `${from}:${tcp.readUInt16BE(0)} ${to}:${tcp.readUInt16BE(2)}`;
  return { from, to, flow, payload: tcp.subarray((tcp[12]! >> 4) * 4) };
}

/** Handshake, alert, change of cipher or data: every record of TLS begins with one of these and the version's 3. */
export const beginsTls = ({ payload }: Packet) =>
  payload[0]! >= 0x14 && payload[0]! <= 0x17 && payload[1] === 3;
