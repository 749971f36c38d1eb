import type { UiState } from '../../shared/contract/ui/verbs.ts';
import type { TunnelState } from '../../shared/tunnel/status.ts';

/** An entry of the tray's menu. */
export type TrayEntry =
  | { readonly kind: 'profile'; readonly name: string; readonly label: string; readonly isOn: boolean }
  | { readonly kind: 'note'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'show' }
  | { readonly kind: 'quit' };

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

/** The tray's menu: a switch for each profile, and what keeps them from working if something does. */
export function trayEntries({ helper, profiles, tunnels }: UiState): TrayEntry[] {
  const switches = profiles.map(({ name, label }): TrayEntry => {
    const state = tunnels.find((tunnel) => tunnel.name === name)?.state ?? 'down';
    const words = stateWords[state];
    const title = label ?? name;
    return {
      kind: 'profile',
      name,
      label: words === '' ? title : `${title} (${words})`,
      isOn: state !== 'down',
    };
  });
  const notes: TrayEntry[] = [
    ...(helper.kind === 'unavailable'
      ? [{ kind: 'note', label: 'The helper cannot be reached' } as const]
      : []),
    ...(profiles.length === 0 ? [{ kind: 'note', label: 'No profile yet' } as const] : []),
  ];
  return [...notes, ...switches, { kind: 'separator' }, { kind: 'show' }, { kind: 'quit' }];
}

/** What the pointer shows over the icon. */
export function trayTooltip({ tunnels }: UiState): string {
  const connected = tunnels.filter(({ state }) => state === 'connected').map(({ name }) => name);
  return connected.length === 0 ? 'Adit: not connected' : `Adit: ${connected.join(', ')}`;
}
