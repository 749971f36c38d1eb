import { shellWord } from '../../../../shared/diagnosis/commands.ts';

/** A program of somebody else that a kubeconfig names: it prints who the user is to the API server. */
export interface ExecPlugin {
  /** The kubeconfig's user whom it speaks for. */
  readonly user: string;
  /** A path, or a name to be looked for in `PATH`. */
  readonly command: string;
  readonly words: readonly string[];
  /** What is added to our own environment. */
  readonly environment: readonly (readonly [string, string])[];
  /** The form of its answer, as the kubeconfig has it. */
  readonly apiVersion: string;
  /** What the kubeconfig says to those who do not have it; one line or several. */
  readonly installHint: string | null;
  /** Whether it may talk to the person. */
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
  /** Whether it is told of the cluster. */
  readonly wantsCluster: boolean;
}

/** The cluster, as an exec plugin is told of it. @see client.authentication.k8s.io/v1 Cluster */
export interface ExecCluster {
  readonly server: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  /** Base64. */
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly config: unknown;
}

/** What is run, as a line for a shell: what a person is shown before it runs. */
export function pluginLine({ command, words, environment }: ExecPlugin): string {
  const variables = environment.map(([name, value]) => `${name}=${shellWord(value)}`);
  return printable([...variables, ...[command, ...words].map(shellWord)].join(' '));
}

/** Text of a kubeconfig as it may stand on a terminal: control characters could say there what is not so. */
export function printable(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
