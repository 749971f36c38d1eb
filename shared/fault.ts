import type { DiagnosticCode } from './config/index.ts';

/**
 * Every code a {@link Fault} can carry, with what it means in general. Codes are stable: scripts and tests rely on
 * them. `docs/errors.md` is generated from this table.
 */
export const faultCodes = {
  // The command line
  'wrong-usage': 'The command line was not understood.',
  'internal-error': 'Something failed that Adit has no name for. This is a defect worth reporting.',

  // Files and profiles
  'file-not-found': 'There is no file or folder at the path given.',
  'file-unreadable': 'The file exists and may not be read by this user.',
  'file-not-regular': 'The path is a folder, a device or a pipe where a file is needed.',
  'file-too-large': 'The file is larger than any configuration (16 MiB).',
  'input-is-terminal': 'Something was to be piped in, and nothing is.',
  'input-timeout': 'What comes out of a pipe did not end in time.',
  'file-empty': 'The file holds no configuration.',
  'no-conf-files': 'The folder, or the .zip file, holds no .conf file.',
  'file-kind-unsupported': 'The file is a picture, an archive or a document of a kind that is not read.',
  'conf-invalid': 'The configuration has errors that wg, wg-quick or Adit itself would refuse.',
  'wg-gen-web-incomplete': 'A server or a client of wg-gen-web is given without the other.',
  'wg-gen-web-malformed': 'A file of wg-gen-web is not as it makes them.',
  'profile-not-found': 'No profile has this name.',
  'profile-exists': 'A profile of this name is kept already; nothing was overwritten.',
  'profile-name-invalid':
    'The name cannot be that of a profile: empty, too long, or with a character no file name takes.',
  'profile-incomplete': 'The profile lacks something a tunnel cannot do without, such as its private key.',
  'profile-is-up': 'The tunnel of this profile is up, so it cannot be renamed or removed.',
  'setting-invalid': 'There is no such setting of a profile, or it does not take that value.',
  'settings-unreadable': 'The file beside a profile that keeps its settings is damaged.',
  'home-unusable': 'The folder that keeps the profiles cannot be made, read or written.',

  // Archives and pictures. Of an archive that is refused, nothing was taken.
  'archive-damaged': 'The .zip file is cut off, or contradicts itself.',
  'archive-encrypted': 'Something in the .zip file is encrypted with a password.',
  'archive-link': 'Something in the .zip file is a link or a device instead of a file.',
  'archive-nested': 'There is an archive in the .zip file.',
  'archive-path-unsafe': 'A name in the .zip file leads out of its folder, or is no plain path.',
  'archive-too-large': 'The .zip file unpacks to more files or bytes than configurations have.',
  'archive-unsupported': 'The .zip file is packed in a way that is not read.',
  'image-damaged': 'The picture is cut off or damaged.',
  'image-too-large': 'The picture has more than 16 megapixels.',
  'qr-not-found': 'No QR code can be read in the picture.',
  'qr-too-large': 'The profile is larger than a QR code can hold (2953 bytes).',

  // What is written for others
  'output-exists': 'The file to be written exists already; it was not touched.',
  'output-is-terminal': 'What is to be printed is no text, and would go to a terminal.',
  'output-unwritable': 'The file cannot be written there.',

  // The desktop
  'autostart-refused': 'Whether Adit starts at login could not be changed.',
  'helper-start-failed': 'The system could not be brought to start the helper as root.',
  'helper-start-refused':
    'The person, or the policy of this machine, did not allow the helper to be started.',

  // Clusters
  'cluster-file-malformed': 'The file is neither JSON nor YAML.',
  'cluster-file-foreign': 'The file holds no objects of Kubernetes, or none that tell of a network.',
  'cluster-nodes-missing': 'No list of nodes was read, and nothing is known of a cluster without one.',
  'cluster-peers-missing': 'No list of Peers was read, which is what was asked for.',
  'kubeconfig-missing': 'There is no kubeconfig where one was looked for.',
  'kubeconfig-malformed': 'The kubeconfig is no YAML, or not made as kubectl makes one.',
  'kubeconfig-context-unknown': 'The kubeconfig has no context of this name, or none is the current one.',
  'kubeconfig-incomplete':
    'The context is for a cluster or user that no kubeconfig has, or that lacks something.',
  'kubeconfig-file-unusable': 'The kubeconfig names a file that cannot be read.',
  'kubeconfig-certificate-invalid': 'A certificate or key of the kubeconfig is none.',
  'kubeconfig-unsupported': 'The kubeconfig asks for a login or a proxy that is not known.',
  'exec-plugin-not-allowed':
    'The kubeconfig wants a program of somebody else to be run, and nobody has allowed it.',
  'exec-plugin-missing': 'The program by which the kubeconfig logs in is not installed.',
  'exec-plugin-unsupported': 'The program by which the kubeconfig logs in cannot be run this way.',
  'exec-plugin-failed': 'The program by which the kubeconfig logs in failed, or answered something else.',
  'exec-plugin-timeout': 'The program by which the kubeconfig logs in took too long, and was ended.',
  'api-unreachable': 'The cluster’s API server cannot be reached.',
  'api-on-loopback': 'The kubeconfig leads to this machine itself, where no such API server is.',
  'api-certificate-untrusted': 'The certificate of the API server is not one that the kubeconfig trusts.',
  'api-unauthorized': 'The API server does not know the user.',
  'client-certificate-expired': 'The certificate by which the user logs in has expired.',
  'api-forbidden': 'The user may not read, or change, what is needed.',
  'api-refused': 'The API server did not do what it was asked.',
  'api-timeout': 'The API server did not answer within the deadline.',
  'api-answer-broken': 'The answer of the API server ended too early.',
  'api-answer-foreign': 'What answers is no API server of Kubernetes.',
  'cluster-record-unreadable': 'What a profile remembers of its cluster is damaged.',
  'profile-of-no-cluster': 'The profile was not made of a cluster.',
  'gateway-without-services': 'The profile reaches no Services, so that no node can be the way to them.',
  interrupted: 'The command was interrupted, and undid what it had made.',
  'cluster-names-unreachable': 'A cluster’s name server is not known, or not reached by the profile.',
  'peer-key-changed': 'The Peer of a profile has another key in the cluster.',
  'profile-of-another-cluster': 'The profile of this name is of another cluster.',
  'peer-in-use': 'The Peer is that of another profile.',
  'cluster-key-missing': 'The private key of the Peer is not kept here.',
  'cluster-range-wide': 'A cluster wants a range for itself that is larger than any cluster’s.',
  'kilo-absent': 'The cluster’s network is not Kilo’s.',
  'kilo-nodes-missing': 'No node is in Kilo’s mesh at the moment.',
  'kilo-subnet-full': 'Kilo’s network has fewer addresses than there are locations.',
  'kilo-peer-not-found': 'Kilo knows no Peer of this name.',
  'kilo-peer-invalid': 'Kilo passes over the Peer of this name.',
  'object-name-invalid': 'The name cannot be that of an object of Kubernetes.',
  'peer-name-taken': 'There is a Peer of this name, and it is somebody else’s.',
  'peer-not-ours': 'The Peer is somebody else’s: its private key is not kept here.',
  'peer-ambiguous': 'Several Peers of the cluster are ours, and it has to be said which is meant.',
  'peer-address-invalid': 'The address cannot be that of a Peer.',
  'peer-address-taken': 'The address, or a network that it lies in, is in use in the cluster.',
  'peer-pool-full': 'No address of the pool is free.',
  'graph-too-large': 'The mesh has more links than can be drawn.',
  'gateway-not-found': 'The node that was chosen for Services is not in the mesh.',
  'service-cidr-unknown': 'Nothing that was read tells which addresses Services have.',
  'node-not-found': 'The cluster has no node of this name.',
  'node-lines-missing': 'Nothing that was collected from nodes tells of one that can be a peer.',
  'tunnel-network-invalid': 'The network cannot be that of a second mesh.',
  'tunnel-network-collides': 'The network of a second mesh overlaps one of the cluster.',
  'tunnel-network-full': 'The network of a second mesh has fewer addresses than there are nodes.',
  'tunnel-address-invalid': 'The laptop cannot have this address in the second mesh.',
  'second-mesh-unknown': 'No script for nodes was made here for a profile of this name.',

  // Reaching the helper
  'helper-not-running': 'No root helper listens at the socket.',
  'helper-not-ours':
    'The socket, or a folder above it, belongs to somebody else or can be written by others.',
  'helper-too-old': 'The helper that runs speaks an older contract than this program.',
  'helper-too-new': 'The helper that runs speaks a newer contract than this program.',
  'helper-lost': 'The helper went away, or broke the connection, before it answered.',
  'helper-timeout': 'The helper did not answer within the deadline.',
  'helper-full': 'The helper serves as many programs already as it takes.',

  // Starting the helper
  'platform-unsupported': 'The helper has no way of making tunnels on this system yet.',
  'helper-needs-root': 'The helper has to run as root.',
  'helper-already-running': 'Another helper listens at this socket.',
  'helper-files-untrusted':
    'A file the helper would run as root, or a folder above it, can be written by somebody else.',
  'helper-socket-unsafe': 'The folder of the socket is not safe: not owned by root, or writable by others.',
  'run-folder-unusable': 'The helper cannot write its folder under /run.',
  'state-folder-unusable': 'The helper cannot write its folder under /var/lib.',

  // What the helper refuses
  'request-invalid': 'The message does not keep to the contract.',
  'scripts-refused': 'The profile has script keys that root’s policy does not allow, or SaveConfig.',
  'policy-untrusted': 'Somebody but root could change the policy file, so it allows nothing.',
  'policy-invalid': 'The policy file cannot be read as one, so it allows nothing.',
  'tunnel-not-up': 'No tunnel of this name is up.',

  // Setting a tunnel up
  'tool-missing': 'A program that a tunnel needs is not installed.',
  'interface-in-use': 'An interface of this name exists and is not of Adit’s making.',
  'table-reserved': 'The profile names a routing table that is not for profiles to fill.',
  'endpoint-unresolved': 'No endpoint of the profile could be resolved to an address.',
  'link-failed': 'wg-quick could not make the interface.',
  'script-failed': 'A command of the profile ended badly, or took too long.',
  'network-change-refused': 'The system refused a route, rule, firewall table or setting.',
  'route-taken': 'A network that somebody else has here already would go into the tunnel as a whole.',
  'route-split': 'A part of a network that somebody else has here would go into the tunnel.',
  'route-shadowed':
    'What the tunnel is for, or a part of it, stays with somebody else here, whose route or rule comes first, or is refused by this machine.',
  'address-taken': 'An address of the profile is one of this machine’s already, on another interface.',
  'address-network-taken':
    'The network around an address of the profile is one that this machine stands in already, or a part of it.',
  'full-tunnel-twice': 'Two tunnels, or a tunnel and another VPN, want all traffic.',
  'gateway-captured': 'The gateway of this machine would be looked for in the tunnel.',
  'name-server-captured': 'A name server that is in use would be asked through the tunnel.',
  'names-wanted-twice': 'Two tunnels want all names for their own name servers.',
  'names-taken': 'Another helper has changed how names are resolved here.',
  'names-refused': 'The program that resolves names here did not take the name servers of a tunnel.',
  'names-file-immutable': 'The file that says who is asked for names may not be changed by anybody.',
  'names-file-read-only': 'The file that says who is asked for names is on a read-only file system.',
  'names-file-unusable': 'The file that says who is asked for names cannot be changed.',
  'forwarder-failed': 'The program that sends each name to its own servers could not be started.',
  'kill-switch-unavailable': 'The profile asks for a kill switch, and this machine cannot have one.',
  'kill-switch-taken': 'The kill switch of somebody else on this machine stands already.',
  'full-tunnel-taken': 'Another user of this machine has all traffic in a tunnel already.',
  'another-helper-busy': 'The helper of another user has been changing the network for too long.',
  'kill-switch-not-blocking':
    'The uplink is not closed by a kill switch that waits for a peer, so it is not opened.',
  'handshake-timeout': 'The tunnel stands, but no peer has answered within the time given.',
  'destination-invalid': 'What was to be reached is no address, and no name with a port.',
  'needs-root': 'This has to be done as root.',

  // The interface
  'page-died': 'The page of the window ended as soon as it had begun.',
  'app-lost': 'The window has lost the program behind it.',
  'interface-not-built': 'The built interface is missing from this installation.',
  'port-in-use': 'The port to serve the interface on is taken.',
} as const satisfies Record<string, string>;

/** A word that names a kind of failure, for scripts. */
export type FaultCode = keyof typeof faultCodes;

/** A failure as it is told to a person or a script: what, and what to do next. */
export interface Fault {
  readonly code: FaultCode | DiagnosticCode;
  /** One sentence: what happened, with the names involved. */
  readonly message: string;
  /** The next step for the person who reads it. */
  readonly hint: string;
  /** A command that takes that step, where there is one. */
  readonly command?: string;
}

/** A {@link Fault} on its way up the stack. Thrown where the reason is known, worded once, shown at the edge. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault.message, options);
    this.name = 'FaultError';
    this.fault = fault;
  }
}

/** Whether a word read from outside is one of our codes. */
export function isFaultCode(word: string): word is FaultCode {
  return Object.hasOwn(faultCodes, word);
}

/** The fault in anything thrown; what is not ours becomes `internal-error` with its message. */
export function faultOf(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal-error',
    message: `Unexpected failure: ${message}`,
    hint: 'Run the command again with ADIT_DEBUG=1 and report what it prints.',
  };
}
