/** Where the mesh's control plane is: its folder, its ports, the name of its only node. */
import { join } from 'node:path';
import { state } from '../platform/paths.ts';

/** Keys, etcd's data, settings: made anew whenever the control plane starts from nothing. */
export const clusterFolder = join(state.folder, 'cluster');
export const kubeconfigFile = join(clusterFolder, 'kubeconfig');

/** In the mesh's own network, so nobody else's can be taken; etcd's are not those of the one in Dapr's scheduler. */
export const clusterPorts = Object.freeze({ etcd: 52_479, etcdPeer: 52_480, api: 6_443 });

/** This machine, as Kubernetes knows it. */
export const nodeName = 'this-machine';
