import type {
  HelperState,
  ImportOutcome,
  ProfileSummary,
  UiChange,
  UiHandlers,
  UiState,
  UiVerb,
  UiVerbs,
} from '../../../shared/contract/ui/verbs.ts';
import type { Fault } from '../../../shared/fault.ts';
import { FaultError } from '../../../shared/fault.ts';
import { foldChange } from '../../../shared/tunnel/change.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { relayDoesNotForward } from './diagnoses.ts';
import { statusOf } from './profiles.ts';
import { defaultSettings, settingsToText } from '../../../shared/tunnel/settings.ts';

/** A question that the page asked. */
export interface Asked<V extends UiVerb = UiVerb> {
  readonly verb: V;
  readonly params: UiVerbs[V]['params'];
}

/**
 * The app process as the page sees it, derived from the contract: a verb without a handler here is a type error. It does
 * at once what it is asked; a test that wants something else replaces a handler.
 */
export class AppDouble {
  readonly asked: Asked[] = [];
  handlers: UiHandlers;
  /** The text of each profile, keys included. */
  readonly texts = new Map<string, string>();
  #state: UiState;
  readonly #listeners = new Set<(change: UiChange) => void>();

  constructor(profiles: readonly ProfileSummary[] = [], tunnels: readonly TunnelStatus[] = []) {
    this.#state = { helper: { kind: 'connected', version: '0.1.0' }, profiles, tunnels };
    this.handlers = {
      'state.read': () => Promise.resolve(this.#state),
      'profile.import': ({ files }) => Promise.resolve(files.map(({ name }) => this.#import(name))),
      'profile.restore': () => Promise.resolve(null),
      'profile.text': ({ name, reveal }) => Promise.resolve(this.#text(name, reveal)),
      'profile.set': ({ name, settings }) => {
        const changed = { ...this.profile(name).settings, ...settings };
        this.setProfiles(
          this.#state.profiles.map((profile) =>
            profile.name === name ? { ...profile, settings: changed } : profile,
          ),
        );
        return Promise.resolve(changed);
      },
      'profile.rename': ({ name, newName }) => {
        this.setProfiles(
          this.#state.profiles.map((profile) =>
            profile.name === name ? { ...profile, name: newName } : profile,
          ),
        );
        return Promise.resolve(null);
      },
      'profile.remove': ({ name }) => {
        this.setProfiles(this.#state.profiles.filter((profile) => profile.name !== name));
        return Promise.resolve(null);
      },
      'tunnel.up': ({ name }) => {
        const status = statusOf(this.profile(name), 'handshaking');
        this.push({ interface: status.interface, head: status, peers: status.peers });
        return Promise.resolve(status);
      },
      'tunnel.unblock': () => Promise.resolve({ until: '2026-01-01T00:05:00.000Z', portal: null }),
      'tunnel.down': ({ name }) => {
        this.push({ interface: this.profile(name).interface, head: null });
        return Promise.resolve(null);
      },
      'tunnel.diagnose': ({ name, address }) => Promise.resolve(relayDoesNotForward(name, address)),
    };
  }

  get state(): UiState {
    return this.#state;
  }

  profile(name: string): ProfileSummary {
    const found = this.#state.profiles.find((profile) => profile.name === name);
    if (found === undefined) throw new FaultError(faults.notFound);
    return found;
  }

  /** What was asked of one verb, in order. */
  askedOf<V extends UiVerb>(verb: V): UiVerbs[V]['params'][] {
    return this.asked.flatMap((asked) => (asked.verb === verb ? [asked.params as UiVerbs[V]['params']] : []));
  }

  /** Answers one verb otherwise. */
  answer<V extends UiVerb>(verb: V, handler: UiHandlers[V]): void {
    this.handlers = { ...this.handlers, [verb]: handler };
  }

  /** Refuses one verb. */
  refuse(verb: UiVerb, fault: Fault): void {
    this.answer(verb, () => Promise.reject(new FaultError(fault)));
  }

  setHelper(helper: HelperState): void {
    this.#state = { ...this.#state, helper };
    this.#tell({ kind: 'helper', helper });
  }

  setProfiles(profiles: readonly ProfileSummary[]): void {
    this.#state = { ...this.#state, profiles };
    this.#tell({ kind: 'profiles', profiles });
  }

  /** A change of one tunnel, as the helper sends it. */
  push(change: TunnelChange): void {
    this.#state = { ...this.#state, tunnels: foldChange(this.#state.tunnels, change) };
    this.#tell({ kind: 'tunnel', change });
  }

  onChange(listener: (change: UiChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(change: UiChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #text(name: string, reveal: boolean): string {
    const text = this.texts.get(name) ?? '';
    return reveal ? text : text.replaceAll(/^(\s*(?:PrivateKey|PresharedKey)\s*=\s*)\S+/gim, '$1(hidden)');
  }

  #import(file: string): ImportOutcome {
    const name = file.replace(/\.conf$/, '');
    if (name === file) return { file, kind: 'refused', error: faults.invalid };
    if (this.#state.profiles.some((profile) => profile.name === name)) {
      return { file, kind: 'refused', error: faults.exists(name) };
    }
    const profile: ProfileSummary = {
      name,
      label: null,
      interface: name.slice(0, 15),
      addresses: ['10.0.0.9/32'],
      publicKey: null,
      peers: [],
      errors: 0,
      warnings: 0,
      settings: settingsToText(defaultSettings),
    };
    this.setProfiles([...this.#state.profiles, profile]);
    return { file, kind: 'imported', name, interface: profile.interface, warnings: [] };
  }
}

/** Faults as the app process words them. */
export const faults = {
  notFound: {
    code: 'profile-not-found',
    message: 'There is no profile of this name.',
    hint: '"adit list" shows those there are.',
  },
  invalid: {
    code: 'conf-invalid',
    message: 'Line 7: "AllowedIPs = 10.42.0.0/33" is no prefix.',
    hint: 'The length of an IPv4 prefix is 0 to 32. Nothing was imported.',
  },
  exists: (name: string): Fault => ({
    code: 'profile-exists',
    message: `A profile "${name}" is kept already.`,
    hint: 'Nothing was overwritten. Rename the file, or remove the profile first.',
  }),
  taken: {
    code: 'route-taken',
    message: '172.17.0.0/16 is the network of docker0 already: it would go into the tunnel as a whole.',
    hint: 'Nothing was changed. Subtract it, and it stays where it is; or go on, and it is out of reach while the tunnel is up.',
  },
  scripts: {
    code: 'scripts-refused',
    message:
      'The profile "office" has PostUp, PostDown, which would be left out. Scripts run as root, and /etc/adit/policy.json does not allow them to user 1000.',
    hint: 'It can connect without them; what they would have set up is then missing. An administrator allows them in /etc/adit/policy.json.',
  },
  noHelper: {
    code: 'helper-not-running',
    message: 'No helper listens at /run/adit/1000/helper.sock.',
    hint: 'Start it in a terminal and leave it running.',
    command: 'sudo adit helper --socket /run/adit/1000/helper.sock --owner 1000',
  },
  isUp: {
    code: 'profile-is-up',
    message: 'The tunnel of "four-clouds" is up.',
    hint: 'Take it down first.',
  },
} as const satisfies Record<string, Fault | ((name: string) => Fault)>;
