import type { KubeCluster } from './cluster.ts';

/** The fields of a Peer that Kilo defines, as its own definition has them. @see kilo manifests/crds.yaml */
const text = { type: 'string' };
const peerSpec = {
  type: 'object',
  required: ['allowedIPs', 'publicKey'],
  properties: {
    allowedIPs: { type: 'array', items: text },
    publicKey: text,
    presharedKey: text,
    persistentKeepalive: { type: 'integer' },
    endpoint: {
      type: 'object',
      required: ['dnsOrIP', 'port'],
      properties: {
        dnsOrIP: { type: 'object', properties: { dns: text, ip: text } },
        port: { type: 'integer', format: 'int32' },
      },
    },
  },
};

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'peers.kilo.squat.ai' },
  spec: {
    group: 'kilo.squat.ai',
    scope: 'Cluster',
    names: { kind: 'Peer', listKind: 'PeerList', plural: 'peers', singular: 'peer' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, spec: peerSpec },
          },
        },
      },
    ],
  },
};

/** Where Peers are. */
export const peersPath = '/apis/kilo.squat.ai/v1alpha1/peers';

/** Makes a cluster know Peers, as one with Kilo does. */
export async function defineKilo(cluster: KubeCluster): Promise<void> {
  await cluster.write('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  await cluster.there(peersPath);
}
