/**
 * The contract between the interface and the app process: types and verb names, nothing that runs. The renderer imports
 * this file; the validators of the same verbs are in `validators.ts` and stay on the other side.
 */
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Fault } from '../../fault.ts';
import type { TunnelChange } from '../../tunnel/change.ts';
import type { SettingName, SettingsText } from '../../tunnel/settings.ts';
import type { TunnelStatus, TunnelWarning } from '../../tunnel/status.ts';

/** A profile as the list shows it. Holds no key but the public one. */
export interface ProfileSummary {
  /** The base name of its file: the name every verb takes. */
  readonly name: string;
  /** What the file calls itself (`# Name = X` in `[Interface]`); null where it does not. */
  readonly label: string | null;
  /** The network interface it takes when it is up. */
  readonly interface: string;
  readonly addresses: readonly string[];
  /** Our own public key; null where the file holds no usable private key. */
  readonly publicKey: string | null;
  readonly peers: readonly ProfilePeer[];
  /** Problems that keep it from coming up. */
  readonly errors: number;
  readonly warnings: number;
  /** What was decided beside the file, as text. */
  readonly settings: SettingsText;
}

/** A peer as its profile describes it. */
export interface ProfilePeer {
  readonly publicKey: string;
  readonly name: string | null;
  /** `HOST:PORT` as the file writes it. */
  readonly endpoint: string | null;
  readonly allowedIps: readonly string[];
}

/** Whether the root helper can be reached, and what is in the way if not. */
export type HelperState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly version: string }
  | { readonly kind: 'unavailable'; readonly fault: Fault };

/** All that the interface shows. */
export interface UiState {
  readonly helper: HelperState;
  /** In natural order of their names. */
  readonly profiles: readonly ProfileSummary[];
  /** Tunnels the helper holds; a profile without one is down. */
  readonly tunnels: readonly TunnelStatus[];
}

/** A difference to {@link UiState}, pushed as it happens. */
export type UiChange =
  | { readonly kind: 'helper'; readonly helper: HelperState }
  | { readonly kind: 'profiles'; readonly profiles: readonly ProfileSummary[] }
  | { readonly kind: 'tunnels'; readonly tunnels: readonly TunnelStatus[] }
  | { readonly kind: 'tunnel'; readonly change: TunnelChange };

/** The largest file an import takes, in bytes. */
export const importLimitBytes = 16 * 1024 * 1024;

/** A file the person chose or dropped: its name, with that of the folder where a folder of wg-gen-web’s was dropped, and its bytes in base64. */
export interface ImportedFile {
  readonly name: string;
  readonly base64: string;
}

/** What became of one file of an import; of a file in a .zip, under the name `ARCHIVE/FILE`. */
export type ImportOutcome =
  | {
      readonly file: string;
      readonly kind: 'imported';
      readonly name: string;
      readonly interface: string;
      readonly warnings: readonly TunnelWarning[];
    }
  | { readonly file: string; readonly kind: 'refused'; readonly error: Fault };

/** Every verb of the interface: what it takes and what it gives. */
export interface UiVerbs {
  /** The whole state; changes follow by {@link UiChange}. */
  'state.read': { params: Record<string, never>; result: UiState };
  /**
   * Takes files in, whatever they are: configurations, .zip files of them, pictures with a QR code. There is an outcome for each
   * configuration, which is taken whole or not at all, and at least one for each file, in order; but wg-gen-web’s come first, and
   * its `server.json` has none beside its clients.
   */
  'profile.import': { params: { files: readonly ImportedFile[] }; result: readonly ImportOutcome[] };
  /** Restores text of a profile that was UTF-8 and was saved as Windows-1252, as the warning `mojibake` offers. */
  'profile.restore': { params: { name: string }; result: null };
  /** The text of a profile; without `reveal` the secret keys are replaced by {@link hiddenKey}. */
  'profile.text': { params: { name: string; reveal: boolean }; result: string };
  /** Decides what a .conf has no key for; an empty text goes back to the default. */
  'profile.set': {
    params: { name: string; settings: Partial<Record<SettingName, string>> };
    result: SettingsText;
  };
  'profile.rename': { params: { name: string; newName: string }; result: null };
  'profile.remove': { params: { name: string }; result: null };
  /**
   * Brings a tunnel up; `accept` holds the codes of faults the person has decided to go on in spite of, and `subtract` says that what
   * is in conflict with a network here stays out of the tunnel.
   */
  'tunnel.up': {
    params: { name: string; accept: readonly string[]; subtract?: boolean };
    result: TunnelStatus;
  };
  'tunnel.down': { params: { name: string }; result: null };
  /**
   * Opens the uplink for some minutes although the tunnel's kill switch blocks it; 0 closes it. Gives until when, ISO 8601, and where a captive
   * portal asks to sign in; null is neither.
   */
  'tunnel.unblock': {
    params: { name: string; minutes: number };
    result: { until: string | null; portal: string | null };
  };
  /** Finds out what is wrong with a tunnel, or with the way to `address`, which may have a port. Takes up to half a minute. */
  'tunnel.diagnose': { params: { name: string; address: string | null }; result: Diagnosis };
}

/** The name of a verb. */
export type UiVerb = keyof UiVerbs;

/** What stands in place of a PrivateKey or PresharedKey in any text that goes to the interface. */
export const hiddenKey = '(hidden)';

/** The app's side: a handler for each verb. A verb that a host does not serve is a type error. */
export type UiHandlers = {
  readonly [V in UiVerb]: (params: UiVerbs[V]['params']) => Promise<UiVerbs[V]['result']>;
};

/** How an answer crosses the boundary: no exception does. */
export type UiReply<V extends UiVerb> =
  | { readonly ok: true; readonly result: UiVerbs[V]['result'] }
  | { readonly ok: false; readonly fault: Fault };

/**
 * The interface's side, the same over Electron's IPC and over a WebSocket: the renderer knows nothing else of where it runs.
 */
export interface UiBridge {
  /** Asks for a verb. Never rejects: a broken connection is a fault as well. */
  ask<V extends UiVerb>(verb: V, params: UiVerbs[V]['params']): Promise<UiReply<V>>;
  /** Calls `listener` for every change from now on; the returned function ends that. */
  onChange(listener: (change: UiChange) => void): () => void;
  /** Calls `listener` when the connection to the app process breaks or is back; Electron's never does. */
  onConnection(listener: (connected: boolean) => void): () => void;
}
