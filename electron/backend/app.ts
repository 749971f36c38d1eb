import { restoreText } from '../../shared/config/index.ts';
import { parseDestination } from '../../shared/diagnosis/diagnosis.ts';
import { FaultError, faultOf } from '../../shared/fault.ts';
import type { Fault } from '../../shared/fault.ts';
import type { UiChange, UiHandlers, UiReply, UiState, UiVerb } from '../../shared/contract/ui/verbs.ts';
import { settingsToText } from '../../shared/tunnel/settings.ts';
import { uiParams } from '../../shared/contract/ui/validators.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import type { Places } from './environment.ts';
import type { HelperConnection } from './helper-client/connection.ts';
import { HelperLink } from './helper-client/link.ts';
import type { StartHelper } from './helper-client/pkexec.ts';
import { HelperStarter } from './helper-client/starter.ts';
import { removeProfile, renameProfile } from './profiles/change.ts';
import { importFiles } from './import/import-file.ts';
import { ProfileStore } from './profiles/store.ts';
import { bringUp, takeDown, unblock } from './tunnels.ts';

/** Milliseconds of silence after which a burst of changes in the profile folder counts as over. */
const settleTime = 50;

/**
 * The app process behind every interface: profiles, and the helper's tunnels. Hosts (an Electron window, a browser tab) show it
 * and pass its questions on; it knows none of them.
 */
export class App {
  readonly #places: Places;
  readonly #store: ProfileStore;
  readonly #link: HelperLink;
  readonly #starter: HelperStarter;
  readonly #listeners = new Set<(change: UiChange) => void>();
  #endWatch: (() => void) | null = null;
  #settling: NodeJS.Timeout | null = null;

  /** @param startHelper how the person is asked to have the helper started, where this host can */
  constructor(places: Places, startHelper: StartHelper | null = null) {
    this.#places = places;
    this.#store = new ProfileStore(places.home);
    this.#link = new HelperLink(places.socket, {
      helperChanged: (helper) => this.#tell({ kind: 'helper', helper }),
      tunnelsRead: (tunnels) => this.#tell({ kind: 'tunnels', tunnels }),
      tunnelChanged: (change) => this.#tell({ kind: 'tunnel', change }),
    });
    this.#starter = new HelperStarter(this.#link, startHelper);
  }

  /** Begins to follow the profiles and the helper. */
  async start(): Promise<void> {
    this.#endWatch = await this.#store.watch(() => this.#profilesTouched());
    await this.#link.start();
  }

  /** Ends that. The tunnels stay: they are the helper's. */
  stop(): void {
    this.#endWatch?.();
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#link.stop();
  }

  /** Whether {@link startHelper} has a way to ask the person. */
  get canStartHelper(): boolean {
    return this.#starter.isPossible;
  }

  /** Starts the helper, which the person is asked to allow. Gives why it did not start, or null where it runs. */
  startHelper(): Promise<Fault | null> {
    return this.#starter.start();
  }

  /** Calls `listener` for every change from now on; the returned function ends that. */
  onChange(listener: (change: UiChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything an interface shows. */
  async state(): Promise<UiState> {
    const profiles = (await this.#store.all()).map((profile) => profile.summary());
    return { helper: this.#link.state, profiles, tunnels: this.#link.tunnels };
  }

  /**
   * Answers a question of an interface, which is hostile by assumption: it is checked against the contract first. Never rejects.
   */
  async answer(verb: string, params: unknown): Promise<UiReply<UiVerb>> {
    try {
      if (!isVerb(verb)) throw invalidQuestion(verb);
      const checked = uiParams[verb].safeParse(params);
      if (!checked.success) throw invalidQuestion(verb);
      return { ok: true, result: await this.#handlers[verb](checked.data as never) };
    } catch (error) {
      return { ok: false, fault: faultOf(error) };
    }
  }

  readonly #handlers: UiHandlers = {
    'state.read': () => this.state(),
    'profile.import': ({ files }) =>
      importFiles(
        this.#store,
        files.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') })),
      ),
    'profile.restore': async ({ name }) => {
      const profile = await this.#store.find(name);
      await this.#store.replace(profile, restoreText(profile.file).text);
      return null;
    },
    'profile.text': async ({ name, reveal }) => {
      const profile = await this.#store.find(name);
      return reveal ? profile.text : profile.textWithoutKeys;
    },
    'profile.set': async ({ name, settings }) => {
      const profile = await this.#store.find(name);
      return settingsToText(await this.#store.set(profile, new Map(Object.entries(settings))));
    },
    'profile.rename': async ({ name, newName }) => {
      await renameProfile(this.#store, this.#places.socket, await this.#store.find(name), newName);
      return null;
    },
    'profile.remove': async ({ name }) => {
      await removeProfile(this.#store, this.#places.socket, await this.#store.find(name));
      return null;
    },
    'tunnel.up': async ({ name, accept, subtract = false }) => {
      const profile = await this.#store.find(name);
      return bringUp(await this.#helper(), profile, { accept, subtract, wait: null });
    },
    'tunnel.unblock': ({ name, minutes }) => unblock(this.#link.connection(), this.#store, name, minutes),
    'tunnel.down': async ({ name }) => {
      await takeDown(this.#link.connection(), this.#store, name);
      return null;
    },
    'tunnel.diagnose': async ({ name, address }) => {
      const destination = address === null ? null : parseDestination(address);
      if (address !== null && destination === null) throw invalidDestination(address);
      return diagnose(this.#store, () => this.#link.connection(), { name, destination });
    },
  };

  /** The helper, for what needs one: it is started where none runs. */
  async #helper(): Promise<HelperConnection> {
    await this.#starter.ensure();
    return this.#link.connection();
  }

  #profilesTouched(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = null;
      // Profiles that cannot be read any more are told of to whoever asks for them next.
      void this.state().then(
        ({ profiles }) => this.#tell({ kind: 'profiles', profiles }),
        () => undefined,
      );
    }, settleTime);
  }

  #tell(change: UiChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function isVerb(word: string): word is UiVerb {
  return Object.hasOwn(uiParams, word);
}

function invalidQuestion(verb: string): FaultError {
  return new FaultError({
    code: 'request-invalid',
    message: `The interface asked for ${JSON.stringify(verb.slice(0, 64))} in a way the contract does not have.`,
    hint: 'Reload the window: it may be of another version than the program behind it.',
  });
}

function invalidDestination(text: string): FaultError {
  return new FaultError({
    code: 'destination-invalid',
    message: `${JSON.stringify(text.slice(0, 64))} is no address, and no name.`,
    hint: 'Give an address or a name, and behind a colon a TCP port if one matters: 10.43.0.80:80.',
  });
}
