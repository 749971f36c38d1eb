import type { UiState } from '../../shared/contract/ui/verbs.ts';
import type { TunnelState } from '../../shared/tunnel/status.ts';

/** An entry of the tray's menu. */
export type TrayEntry =
  | { readonly kind: 'profile'; readonly name: string; readonly label: string; readonly isOn: boolean }
  | { readonly kind: 'note'; readonly label: string }
  | { readonly kind: 'start-helper' }
  | { readonly kind: 'separator' }
  | { readonly kind: 'show' }
  | { readonly kind: 'start-at-login'; readonly isOn: boolean }
  | { readonly kind: 'quit' };

/** All that the tray shows. */
export interface TrayContent {
  /** Nothing is known to be up; something is, but no peer has answered; a peer has. */
  readonly icon: 'off' | 'waiting' | 'on';
  /** What the pointer shows over the icon. */
  readonly tooltip: string;
  readonly entries: readonly TrayEntry[];
}

/** What the program can do here beside its tunnels. */
export interface TrayOffers {
  /** Whether it can ask for root, and so start the helper itself. */
  readonly canStartHelper: boolean;
  /** Whether it starts at login; null where that is not to be had. */
  readonly startAtLogin: boolean | null;
}

/** How a tunnel's state is called behind its name; nothing for the two states that the check mark shows. */
const stateWords: Readonly<Record<TunnelState, string>> = {
  down: '',
  connected: '',
  connecting: 'connecting',
  handshaking: 'no answer yet',
  idle: 'idle',
  stale: 'no answer',
  disconnecting: 'disconnecting',
  failed: 'failed',
};

/** Characters of a name that a menu has room for. */
const longestTitle = 48;

/** A profile, or a tunnel that none accounts for, as the menu needs it. */
interface Line {
  readonly name: string;
  readonly title: string;
  readonly state: TunnelState;
}

/** What the tray shows: a switch for each tunnel, and what keeps them from working if something does. */
export function trayContent(state: UiState, { canStartHelper, startAtLogin }: TrayOffers): TrayContent {
  const lines = linesOf(state);
  const connected = lines.filter((line) => line.state === 'connected');
  const isAnyUp = lines.some((line) => line.state !== 'down');
  return {
    icon: connected.length > 0 ? 'on' : isAnyUp ? 'waiting' : 'off',
    tooltip: `Adit: ${summaryOf(state, connected)}`,
    entries: [
      ...notesOf(state),
      ...(canStartHelper && lacksHelper(state) ? [{ kind: 'start-helper' } as const] : []),
      ...lines.map(switchOf),
      { kind: 'separator' },
      { kind: 'show' },
      ...(startAtLogin === null ? [] : [{ kind: 'start-at-login', isOn: startAtLogin } as const]),
      { kind: 'quit' },
    ],
  };
}

function summaryOf({ helper }: UiState, connected: readonly Line[]): string {
  // Tunnels may well stand; without the helper nothing is known of them.
  if (helper.kind === 'unavailable') return 'the helper cannot be reached';
  if (connected.length === 0) return 'not connected';
  return shortened(connected.map(({ title }) => title).join(', '));
}

function linesOf({ profiles, tunnels }: UiState): Line[] {
  const states = new Map(tunnels.map(({ name, state }) => [name, state]));
  const known = new Set(profiles.map(({ name }) => name));
  const titles = profiles.map(({ label, name }) => label ?? name);
  return [
    ...profiles.map(({ name, label }) => {
      const title = label ?? name;
      const isShared = titles.filter((other) => other === title).length > 1;
      return { name, title: isShared ? `${title} – ${name}` : title, state: states.get(name) ?? 'down' };
    }),
    ...tunnels
      .filter(({ name }) => !known.has(name))
      .map(({ name, state }) => ({ name, title: name, state })),
  ];
}

function switchOf({ name, title, state }: Line): TrayEntry {
  const words = stateWords[state];
  return {
    kind: 'profile',
    name,
    label: words === '' ? shortened(title) : `${shortened(title)} (${words})`,
    isOn: state !== 'down' && state !== 'disconnecting',
  };
}

function notesOf({ helper, profiles }: UiState): TrayEntry[] {
  return [
    ...(helper.kind === 'unavailable'
      ? [{ kind: 'note', label: 'The helper cannot be reached' } as const]
      : []),
    ...(profiles.length === 0 ? [{ kind: 'note', label: 'No profile yet' } as const] : []),
  ];
}

/** Whether no helper runs at all; one that is another's or too old is not replaced by starting a second. */
function lacksHelper({ helper }: UiState): boolean {
  return helper.kind === 'unavailable' && helper.fault.code === 'helper-not-running';
}

/** On one line, and no longer than a menu should be wide. Cut between characters, not within one. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  return characters.length <= longestTitle ? line : `${characters.slice(0, longestTitle - 1).join('')}…`;
}
