/** What stands before the names of Kilo's annotations. */
export const kiloPrefix = 'kilo.squat.ai/';

/**
 * Annotations by which Kilo knows a node, without their prefix. The first eight are written by `kg`, the others by people.
 *
 * @see kilo docs/annotations.md; pkg/k8s/backend.go
 */
export type KiloAnnotation =
  | 'endpoint'
  | 'internal-ip'
  | 'key'
  | 'last-seen'
  | 'wireguard-ip'
  | 'discovered-endpoints'
  | 'granularity'
  | 'cni-compatibility-ip'
  | 'force-endpoint'
  | 'force-internal-ip'
  | 'leader'
  | 'location'
  | 'persistent-keepalive'
  | 'allowed-location-ips';

/** The label that gives a node its location where no annotation does. @see kilo pkg/k8s/backend.go RegionLabelKey */
export const regionLabel = 'topology.kubernetes.io/region';
