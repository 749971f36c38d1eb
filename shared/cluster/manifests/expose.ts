import { formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { managedBy } from './peer.ts';

/** A port of a laptop that Pods are to reach under the name of a Service. */
export interface Exposure {
  /** A name as Services have them. */
  readonly service: string;
  /** Null for the namespace of whoever applies it. */
  readonly namespace: string | null;
  /** Of the laptop in the tunnel; all of one family. */
  readonly address: Address;
  /** Under which Pods dial the Service. */
  readonly port: number;
  /** At which something listens on the laptop. */
  readonly targetPort: number;
  readonly protocol: 'TCP' | 'UDP';
}

/**
 * A Service without a selector, and the slice that leads it to the laptop. Nobody else fills slices of such a Service.
 *
 * @see kubernetes.io/docs/concepts/services-networking/service Services without selectors
 */
export function exposeManifests(exposure: Exposure): readonly Readonly<Record<string, unknown>>[] {
  const { service, address, port, targetPort, protocol } = exposure;
  const namespace = exposure.namespace === null ? {} : { namespace: exposure.namespace };
  const name = `${protocol.toLowerCase()}-${port}`;
  const family = `IPv${address.family}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, ...namespace, labels: managedBy },
      spec: {
        // Otherwise the cluster's first family, for which there would be no endpoint.
        ipFamilies: [family],
        ipFamilyPolicy: 'SingleStack',
        ports: [{ name, port, targetPort, protocol }],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${service}-adit`,
        ...namespace,
        labels: {
          ...managedBy,
          'kubernetes.io/service-name': service,
          'endpointslice.kubernetes.io/managed-by': 'adit',
        },
      },
      addressType: family,
      endpoints: [{ addresses: [formatAddress(address)], conditions: { ready: true } }],
      ports: [{ name, port: targetPort, protocol }],
    },
  ];
}

/** Whether a text is a name that Services have: a DNS label that begins with a letter (RFC 1035). */
export function isServiceName(text: string): boolean {
  return text.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** Whether a text is a name that namespaces have: a DNS label (RFC 1123). */
export function isNamespace(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** The ports in `8080`, `80:8080` (the Service's, then the laptop's) and `53:5353/udp`; null for what is none. */
export function parsePorts(text: string): Pick<Exposure, 'port' | 'targetPort' | 'protocol'> | null {
  const [, first = '', second = first, protocol = 'tcp'] =
    /^([0-9]{1,5})(?::([0-9]{1,5}))?(?:\/(tcp|udp))?$/i.exec(text) ?? [];
  const [port, targetPort] = [Number(first), Number(second)];
  if (![port, targetPort].every((number) => number >= 1 && number <= 65_535)) return null;
  return { port, targetPort, protocol: protocol.toLowerCase() === 'udp' ? 'UDP' : 'TCP' };
}
