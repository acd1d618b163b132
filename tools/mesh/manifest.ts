/** Manifests as objects: only the parts that the checks look at. */
import { parseAllDocuments } from 'yaml';

export interface Rule {
  from?: { source: { principals?: string[] } }[];
  to?: { operation: { ports?: string[]; methods?: string[]; paths?: string[] } }[];
}

export interface HttpRoute {
  name?: string;
  match?: {
    uri?: { exact?: string; prefix?: string; regex?: string };
    method?: { exact?: string };
    headers?: object;
    port?: number;
  }[];
  rewrite?: { uriRegexRewrite?: { match: string; rewrite: string } };
  timeout?: string;
  retries?: { attempts: number };
  route?: { destination: { host: string; port?: { number: number } } }[];
  directResponse?: { status: number };
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  // Kinds differ; each check knows its own.
  spec?: {
    selector?: { matchLabels?: Record<string, string> };
    action?: string;
    rules?: Rule[];
    mtls?: { mode: string };
    portLevelMtls?: object;
    http?: HttpRoute[];
    hosts?: string[];
    gateways?: string[];
    podSelector?: { matchLabels?: Record<string, string> };
    ingress?: {
      from?: { podSelector?: { matchLabels?: Record<string, string> } }[];
      ports?: { port: number }[];
    }[];
    template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
  };
}

export interface PodSpec {
  containers: { name: string; image?: string; securityContext?: object }[];
}

/** Every document of a text; throws when one is no YAML. */
export function documentsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

const keyOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** The first set as it would be after the second had been applied: same kind, namespace and name → the second's. */
export function overlaid(documents: readonly Manifest[], changed: readonly Manifest[]): Manifest[] {
  return [...new Map([...documents, ...changed].map((document) => [keyOf(document), document])).values()];
}
