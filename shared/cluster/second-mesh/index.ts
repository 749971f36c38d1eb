/** A WireGuard network beside the cluster's own, for a laptop that cannot join that one: its plan, the nodes' script, and the profile. */
export { laptopEndFor, nodesNamed, secondMeshOf, withNodes } from './plan.ts';
export type { LaptopEnd, LaptopWish, SecondMesh, SecondMeshNode } from './plan.ts';
export { nodeScript } from './node-script.ts';
export { formatNodeLine, missingLines, parseNodeLine, readNodeLines } from './node-lines.ts';
export { joinMembers } from './members.ts';
export type { MeshMember } from './members.ts';
export type { NodeLine, NodeLines } from './node-lines.ts';
export { carriedBy, presentMembers, secondMeshProfile, secondMeshWarnings } from './profile.ts';
export type { SecondMeshOptions } from './profile.ts';
