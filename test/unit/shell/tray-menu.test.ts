import { describe, expect, it } from 'vitest';
import { trayContent as contentWith } from '../../../electron/shell/tray-menu.ts';
import type { TrayContent, TrayOffers } from '../../../electron/shell/tray-menu.ts';
import type { FaultCode } from '../../../shared/fault.ts';
import type { ProfileSummary, UiState } from '../../../shared/contract/ui/verbs.ts';
import type { TunnelState } from '../../../shared/tunnel/status.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { defaultSettings, settingsToText } from '../../../shared/tunnel/settings.ts';

function trayContent(state: UiState, offers: Partial<TrayOffers> = {}): TrayContent {
  return contentWith(state, { canStartHelper: false, startAtLogin: null, ...offers });
}

function profile(name: string, label: string | null = null): ProfileSummary {
  return {
    name,
    label,
    interface: name,
    addresses: [],
    publicKey: null,
    peers: [],
    errors: 0,
    warnings: 0,
    settings: settingsToText(defaultSettings),
  };
}

function stateWith(parts: Partial<UiState> = {}): UiState {
  return { helper: { kind: 'connected', version: '1' }, profiles: [profile('home')], tunnels: [], ...parts };
}

function homeIs(state: TunnelState): UiState {
  return stateWith({ tunnels: [tunnelStatus({ state })] });
}

const end = [{ kind: 'separator' }, { kind: 'show' }, { kind: 'quit' }];

function labels(state: UiState): string[] {
  return trayContent(state).entries.flatMap((entry) => (entry.kind === 'profile' ? [entry.label] : []));
}

describe('the tray’s menu', () => {
  it('has a switch for each profile, by its label where it has one, and the window and the end behind them', () => {
    const profiles = [profile('home', 'Zuhause'), profile('办公室')];
    expect(trayContent(stateWith({ profiles })).entries).toEqual([
      { kind: 'profile', name: 'home', label: 'Zuhause', isOn: false },
      { kind: 'profile', name: '办公室', label: '办公室', isOn: false },
      ...end,
    ]);
  });

  it.each([
    ['down', 'home', false],
    ['connected', 'home', true],
    ['connecting', 'home (connecting)', true],
    ['handshaking', 'home (no answer yet)', true],
    ['idle', 'home (idle)', true],
    ['stale', 'home (no answer)', true],
    ['disconnecting', 'home (disconnecting)', false],
    ['failed', 'home (failed)', true],
  ] as const)('shows a tunnel that is %s as %j', (state, label, isOn) => {
    expect(trayContent(homeIs(state)).entries[0]).toEqual({ kind: 'profile', name: 'home', label, isOn });
  });

  it('tells profiles of one label apart by their names', () => {
    const profiles = [profile('home', 'VPN'), profile('office', 'VPN'), profile('aws', 'AWS')];
    expect(labels(stateWith({ profiles }))).toEqual(['VPN – home', 'VPN – office', 'AWS']);
  });

  it('has room for a name of any length, in one line, and cuts no character in two', () => {
    const profiles = [
      profile('a', `${'家'.repeat(46)}🏠🏠🏠`),
      profile('b', 'two\nlines'),
      profile('c', 'x'.repeat(48)),
    ];
    expect(labels(stateWith({ profiles }))).toEqual([`${'家'.repeat(46)}🏠…`, 'two lines', 'x'.repeat(48)]);
  });

  it('says what keeps the switches from working', () => {
    const fault = { code: 'helper-not-running', message: 'm', hint: 'h' } as const;
    const { entries, tooltip } = trayContent(
      stateWith({ helper: { kind: 'unavailable', fault }, profiles: [] }),
    );
    // What its tunnels do is not known then.
    expect(tooltip).toBe('Adit: the helper cannot be reached');
    expect(entries).toEqual([
      { kind: 'note', label: 'The helper cannot be reached' },
      { kind: 'note', label: 'No profile yet' },
      ...end,
    ]);
  });

  it('offers to start a helper that is not there, where the program can, and no second one', () => {
    const kinds = (code: FaultCode, canStartHelper: boolean): string[] => {
      const helper = { kind: 'unavailable', fault: { code, message: 'm', hint: 'h' } } as const;
      return trayContent(stateWith({ helper }), { canStartHelper }).entries.map(({ kind }) => kind);
    };
    expect(kinds('helper-not-running', true).slice(0, 2)).toEqual(['note', 'start-helper']);
    expect(kinds('helper-not-running', false)).not.toContain('start-helper');
    expect(kinds('helper-not-ours', true)).not.toContain('start-helper');
    expect(trayContent(stateWith(), { canStartHelper: true }).entries).not.toContainEqual({
      kind: 'start-helper',
    });
  });

  it('has the switch for the login where there is something to start', () => {
    const switches = (startAtLogin: boolean | null): unknown[] =>
      trayContent(stateWith(), { startAtLogin }).entries.filter(({ kind }) => kind === 'start-at-login');
    expect(switches(null)).toEqual([]);
    expect(switches(true)).toEqual([{ kind: 'start-at-login', isOn: true }]);
    expect(switches(false)).toEqual([{ kind: 'start-at-login', isOn: false }]);
  });

  it('does not call a helper lost that is only being looked for', () => {
    const { entries } = trayContent(stateWith({ helper: { kind: 'connecting' } }));
    expect(entries.map(({ kind }) => kind)).not.toContain('note');
  });

  it('has a switch too for a tunnel whose profile is gone', () => {
    const state = stateWith({ tunnels: [tunnelStatus({ name: 'gone', state: 'connected' })] });
    expect(labels(state)).toEqual(['home', 'gone']);
  });
});

describe('the tray’s icon and tooltip', () => {
  it('tell whether nothing is up, something is, or a peer has answered', () => {
    const shown = (state: UiState): [string, string] => {
      const { icon, tooltip } = trayContent(state);
      return [icon, tooltip];
    };
    expect(shown(homeIs('down'))).toEqual(['off', 'Adit: not connected']);
    for (const state of ['connecting', 'handshaking', 'idle', 'stale', 'failed'] as const)
      expect(shown(homeIs(state))).toEqual(['waiting', 'Adit: not connected']);
    expect(shown(homeIs('connected'))).toEqual(['on', 'Adit: home']);
  });

  it('name the tunnels that are connected, and no other', () => {
    const tunnels = [
      tunnelStatus({ state: 'connected' }),
      tunnelStatus({ name: 'office', state: 'stale' }),
      tunnelStatus({ name: 'aws', state: 'connected' }),
    ];
    const profiles = [profile('home', 'Zuhause')];
    expect(trayContent(stateWith({ profiles, tunnels })).tooltip).toBe('Adit: Zuhause, aws');
  });
});
