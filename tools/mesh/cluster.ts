/** What mesh-check asks of kubectl and istioctl; each answer is a list of findings, empty when all is well. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../platform/paths.ts';
import { captured } from './captured.ts';
import type { ControlPlane } from './control-plane.ts';
import { meshToolPath } from './mesh-tools.ts';

const limitMs = 120_000;

/** Findings of istioctl that are no mistakes, each with its reason. */
const expected: readonly { code: string; on: RegExp; because: string }[] = [
  {
    code: 'IST0133',
    on: /^EnvoyFilter /,
    because: 'only Envoy can say it, see tools/generate/mesh-gateway.ts',
  },
  {
    code: 'IST0146',
    on: /^Deployment istio-ingress\/shop-gateway$/,
    because: 'the injector comes with istiod, which is not here',
  },
];

interface Finding {
  code: string;
  level: string;
  message: string;
  origin?: string;
}

/** Turns a folder of kustomize into manifests; throws when that fails. */
export async function build(folder: string): Promise<string> {
  const { ok, stdout, stderr } = await captured([meshToolPath('kubectl'), 'kustomize', folder], {
    cwd: root,
    limitMs,
  });
  if (!ok) throw new Error(`kustomize ${folder}: ${stderr}`);
  return stdout;
}

/** The questions, bound to one API server. */
export function clusterOf({ kubeconfig, folder }: Pick<ControlPlane, 'kubeconfig' | 'folder'>) {
  const kubectl = (words: readonly string[], input?: string) =>
    captured([meshToolPath('kubectl'), '--kubeconfig', kubeconfig, ...words], {
      limitMs,
      ...(input !== undefined && { input }),
    });
  let files = 0;
  const fileOf = (manifests: string) => {
    files += 1;
    const file = join(folder, `manifests-${files}.yaml`);
    writeFileSync(file, manifests);
    return file;
  };

  return {
    kubectl,

    /** Creates or changes for real; throws when the server refuses. */
    async apply(manifests: string, ...options: string[]): Promise<void> {
      const { ok, stderr } = await kubectl(['apply', '-f', '-', ...options], manifests);
      if (!ok) throw new Error(`kubectl apply: ${stderr}`);
    },

    /** The server's own word, with admission; its warnings count: each is a mistake that it happens to forgive. */
    async dryRun(manifests: string): Promise<string[]> {
      const words = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];
      const { ok, stderr } = await kubectl(words, manifests);
      const lines = stderr.split('\n').filter((line) => line.trim() !== '');
      return ok ? lines.filter((line) => line.startsWith('Warning:')) : lines;
    },

    /** Istio's validation of each document by itself. */
    async validate(manifests: string): Promise<string[]> {
      const { ok, stdout, stderr } = await captured(
        [meshToolPath('istioctl'), 'validate', '-f', fileOf(manifests)],
        { limitMs },
      );
      // It ends well on what Envoy would refuse, and only warns.
      const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('* '));
      const found = said.filter(
        (line) => !line.includes('EnvoyFilter exposes internal implementation details'),
      );
      return ok || found.length > 0 ? found : [stdout + stderr];
    },

    /** Istio's installation by our settings, as the objects that it would make. */
    async installation(settings: string): Promise<string> {
      const words = ['manifest', 'generate', '-f', settings];
      const { ok, stdout, stderr } = await captured([meshToolPath('istioctl'), ...words], {
        cwd: root,
        limitMs,
      });
      if (!ok) throw new Error(`istioctl manifest generate: ${stderr}`);
      return stdout;
    },

    /** Istio's look at everything together: what is in the cluster, and further manifests. */
    async analyze(manifests?: string): Promise<string[]> {
      const extra = manifests === undefined ? [] : [fileOf(manifests)];
      const { stdout, stderr } = await captured(
        [meshToolPath('istioctl'), '--kubeconfig', kubeconfig, 'analyze', '-A', '-o', 'json', ...extra],
        { limitMs },
      );
      return readFindings(stdout, stderr)
        .filter(({ level }) => level !== 'Info')
        .filter(
          ({ code, origin }) => !expected.some((known) => known.code === code && known.on.test(origin ?? '')),
        )
        .map(({ level, code, origin, message }) => `${level} ${code} ${origin}: ${message}`);
    },
  };
}

export type Cluster = ReturnType<typeof clusterOf>;

/** What cannot be read is itself a finding: silence must never pass for health. */
function readFindings(stdout: string, stderr: string): Finding[] {
  try {
    return (JSON.parse(stdout) as Finding[] | null) ?? [];
  } catch {
    return [{ code: 'unreadable', level: 'Error', message: `${stdout}${stderr}` }];
  }
}
