/** What mesh-check and mesh-up run: which tool comes in which version, and where it lies once it has been built. */
import { join } from 'node:path';
import { cacheFolder } from '../platform/paths.ts';

const istioVersion = 'v0.0.0-20260827124520-eed52ebb66ad';
const kubeVersion = 'v1.37.2';
const stamp = 'istio.io/istio/pkg/version';

interface Source {
  /** Its folder in the cache: a name with a version, so that another version is built beside it. */
  folder: string;
  /** Linker flags beside `-s -w`: what the binaries say about themselves. */
  stamps: readonly string[];
  binaries: Readonly<Record<string, { package: string; tags?: string }>>;
}

/** Module (its go.mod lies in go/) → binaries. istioctl, first in its row, pays for what the others share. */
export const sources = {
  istio: {
    folder: 'istio-1.31-eed52ebb66ad',
    stamps: [
      `${stamp}.buildVersion=1.31-dev`,
      `${stamp}.buildGitRevision=${istioVersion.slice(-12)}`,
      `${stamp}.buildStatus=Clean`,
      `${stamp}.buildTag=1.31`,
    ],
    binaries: {
      istioctl: { package: 'istio.io/istio/istioctl/cmd/istioctl', tags: 'vtprotobuf,disable_pgv' },
      'pilot-discovery': {
        package: 'istio.io/istio/pilot/cmd/pilot-discovery',
        tags: 'vtprotobuf,disable_pgv',
      },
      'pilot-agent': {
        package: 'istio.io/istio/pilot/cmd/pilot-agent',
        tags: 'vtprotobuf,disable_pgv,agent',
      },
    },
  },
  kube: {
    folder: `kube-${kubeVersion.slice(1)}`,
    stamps: [
      `k8s.io/component-base/version.gitVersion=${kubeVersion}`,
      'k8s.io/component-base/version.gitMajor=1',
      'k8s.io/component-base/version.gitMinor=37',
      `k8s.io/client-go/pkg/version.gitVersion=${kubeVersion}`,
    ],
    binaries: {
      'kube-apiserver': { package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
      kubectl: { package: 'k8s.io/kubernetes/cmd/kubectl' },
      'kube-controller-manager': { package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
      'kube-scheduler': { package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
    },
  },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof sources;
export type MeshTool = {
  [Name in SourceName]: keyof (typeof sources)[Name]['binaries'];
}[SourceName];

/** What mesh-check needs; mesh-up needs all of them. */
export const toolsOfCheck = ['istioctl', 'kube-apiserver', 'kubectl'] as const satisfies readonly MeshTool[];
export const allMeshTools = (Object.keys(sources) as SourceName[]).flatMap(
  (name) => Object.keys(sources[name].binaries) as MeshTool[],
);

/** The module that a tool is built from. */
export function sourceOf(tool: MeshTool): SourceName {
  return (Object.keys(sources) as SourceName[]).find((name) => tool in sources[name].binaries)!;
}

/** Path of a tool's binary, whether it is there or not. */
export function meshToolPath(tool: MeshTool): string {
  return join(cacheFolder, sources[sourceOf(tool)].folder, 'bin', tool);
}

/** What pilot-agent makes Envoy's first configuration from; it comes with the same module. */
export const bootstrapTemplate = join(cacheFolder, sources.istio.folder, 'envoy_bootstrap.json');

/** Debian's own; 3.4 is enough for the few objects of a check. */
export const etcdBinary = '/usr/bin/etcd';

/** Modules that are read for their resource definitions alone, with the checksums that they must have. */
export const definitionModules = [
  {
    module: 'istio.io/istio',
    version: istioVersion,
    sum: 'h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=',
    path: 'manifests/charts/base/files/crd-all.gen.yaml',
  },
  {
    module: 'github.com/dapr/dapr',
    version: 'v1.18.2',
    sum: 'h1:yT1BXImaUiYtIKaKVnOBiWVFqQU1ckQaiXkXEO2+Dh0=',
    path: 'charts/dapr/crds',
  },
  {
    module: 'github.com/argoproj/argo-rollouts',
    version: 'v1.8.3',
    sum: 'h1:blbtQva4IK9r6gFh+dWkCrLnFdPOWiv9ubQYu36qeaA=',
    path: 'manifests/crds',
  },
  {
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.3.0',
    sum: 'h1:9UlruTd5cC/MyvorTXgAIblfZTy63MF5FYvvoAaUvwU=',
    path: 'manifests/crds',
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    path: 'example/prometheus-operator-crd',
  },
] as const;
