import type { NameBackendKind } from '../../../shared/names/backend.ts';
import type { LinkNames } from '../../../shared/names/desired.ts';
import type { ResolvConf } from '../../../shared/names/resolv-conf.ts';

/** A program or file by which names are changed, as far as all of them are the same. */
interface Backend {
  readonly kind: NameBackendKind;
  /**
   * Puts back what was there before, as far as nobody has changed it since.
   *
   * @returns a line for each thing undone, or left because somebody else has changed it
   */
  release(): Promise<string[]> | string[];
  /** Whether all is as it was made; nobody tells when it is not. */
  stands(): Promise<boolean> | boolean;
}

/** One that keeps servers and domains for each interface, and sends each name its way by itself. */
export interface PerLinkBackend extends Backend {
  readonly shape: 'per-link';
  /** @throws FaultError where it cannot be */
  apply(links: readonly LinkNames[]): Promise<void>;
}

/** One that knows a single list of servers for all names. */
export interface WholeHostBackend extends Backend {
  readonly shape: 'whole-host';
  /** What held before, and would hold without us: the uplink's. */
  uplink(): Promise<ResolvConf> | ResolvConf;
  /** @throws FaultError where it cannot be */
  apply(conf: ResolvConf): Promise<void> | void;
  /** Calls `changed` when somebody may have changed what it made, or what the uplink's is; the function returned ends that. */
  watch(changed: () => void): () => void;
  /** What a person should know of it although it works. */
  warnings(): readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

/** Either. */
export type NameBackend = PerLinkBackend | WholeHostBackend;
