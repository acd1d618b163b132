/** Keys and certificates of one short-lived control plane: made anew each time, and gone with its folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicHost } from '../generate/mesh-names.ts';
import { captured } from './captured.ts';
import { network } from './mesh-network.ts';

const limitMs = 30_000;
const days = '30';

interface Leaf {
  name: string;
  subject: string;
  extensions: string;
}

const leaves: readonly Leaf[] = [
  {
    name: 'apiserver',
    subject: '/CN=kube-apiserver',
    extensions: [
      'subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc',
      `DNS:kubernetes.default.svc.cluster.local,IP:${network.outside}\n`,
    ].join(','),
  },
  { name: 'admin', subject: '/O=system:masters/CN=admin', extensions: 'extendedKeyUsage=clientAuth\n' },
  {
    name: 'etcd',
    subject: '/CN=souk-etcd',
    extensions: 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n',
  },
  // The shop's own, for its gateway; in a cluster people bring it.
  { name: 'shop', subject: `/CN=${publicHost}`, extensions: `subjectAltName=DNS:${publicHost}\n` },
];

/** An authority, a certificate for each party, the key of service accounts, and the administrator's kubeconfig. */
export async function makePki(folder: string, apiServer: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const openssl = async (...words: string[]) => {
    const { ok, stderr } = await captured(['openssl', ...words], { cwd: folder, limitMs });
    if (!ok) throw new Error(`openssl ${words[0]} failed: ${stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-days', days, '-subj', '/CN=souk-check', ...out('ca'));
  for (const { name, subject, extensions } of leaves) {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    await openssl('req', ...newKey, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days];
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...signing,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    );
  }
  await openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'accounts.key');
  await openssl('pkey', '-in', 'accounts.key', '-pubout', '-out', 'accounts.pub');
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(folder, apiServer), { mode: 0o600 });
}

const out = (name: string) => ['-keyout', `${name}.key`, '-out', `${name}.crt`];

/** JSON is YAML too. */
function kubeconfig(folder: string, apiServer: string): string {
  const file = (name: string) => join(folder, name);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'check',
        cluster: { server: `https://${apiServer}`, 'certificate-authority': file('ca.crt') },
      },
    ],
    users: [
      { name: 'admin', user: { 'client-certificate': file('admin.crt'), 'client-key': file('admin.key') } },
    ],
    contexts: [{ name: 'check', context: { cluster: 'check', user: 'admin' } }],
    'current-context': 'check',
  });
}
