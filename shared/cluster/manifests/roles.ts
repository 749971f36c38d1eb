/** A rule of a role: what may be done to which objects. @see rbac.authorization.k8s.io/v1 PolicyRule */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A role for a whole cluster, as its API takes it. */
export interface ClusterRole {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'ClusterRole';
  readonly metadata: { readonly name: string };
  readonly rules: readonly RoleRule[];
}

const reading = ['get', 'list', 'watch'] as const;

const readerRules: readonly RoleRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: reading },
  { apiGroups: [''], resources: ['services'], verbs: ['get', 'list'] },
  { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: reading },
  { apiGroups: ['kilo.squat.ai'], resources: ['peers'], verbs: reading },
];

/** Who reads a cluster's network. The roles that Kubernetes brings (view, edit, admin) allow neither nodes nor Peers. */
export const readerRole = clusterRole('adit-reader', readerRules);

/** Who makes a Peer for a laptop, too. */
export const joinerRole = clusterRole('adit-joiner', [
  ...readerRules,
  { apiGroups: ['kilo.squat.ai'], resources: ['peers'], verbs: ['create', 'patch', 'delete'] },
]);

function clusterRole(name: string, rules: readonly RoleRule[]): ClusterRole {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
}
