/** What stands before the names of Kilo's annotations. */
export const kiloPrefix = 'kilo.squat.ai/';

/**
 * Annotations by which Kilo knows a node, in full by their short names. The first eight are written by `kg`, the others by people.
 *
 * @see kilo docs/annotations.md; pkg/k8s/backend.go
 */
export const kiloAnnotations = {
  endpoint: 'kilo.squat.ai/endpoint',
  'internal-ip': 'kilo.squat.ai/internal-ip',
  key: 'kilo.squat.ai/key',
  'last-seen': 'kilo.squat.ai/last-seen',
  'wireguard-ip': 'kilo.squat.ai/wireguard-ip',
  'discovered-endpoints': 'kilo.squat.ai/discovered-endpoints',
  granularity: 'kilo.squat.ai/granularity',
  'cni-compatibility-ip': 'kilo.squat.ai/cni-compatibility-ip',
  'force-endpoint': 'kilo.squat.ai/force-endpoint',
  'force-internal-ip': 'kilo.squat.ai/force-internal-ip',
  leader: 'kilo.squat.ai/leader',
  location: 'kilo.squat.ai/location',
  'persistent-keepalive': 'kilo.squat.ai/persistent-keepalive',
  'allowed-location-ips': 'kilo.squat.ai/allowed-location-ips',
} as const;

/** The short name of one of Kilo's annotations. */
export type KiloAnnotation = keyof typeof kiloAnnotations;

/** The label that gives a node its location where no annotation does. @see kilo pkg/k8s/backend.go RegionLabelKey */
export const regionLabel = 'topology.kubernetes.io/region';
