import { describe, expect, it } from 'vitest';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import {
  changeSettings,
  defaultSettings,
  settingsToText,
  withSettings,
} from '../../../shared/tunnel/settings.ts';
import type { ProfileSettings } from '../../../shared/tunnel/settings.ts';
import { tunnelOf } from '../contract/tunnels.ts';

function changed(texts: Record<string, string>, from = defaultSettings): ProfileSettings {
  const outcome = changeSettings(from, new Map(Object.entries(texts)));
  if ('problem' in outcome) throw new Error(outcome.problem.problem);
  return outcome.settings;
}

describe('settings', () => {
  it('are read, and printed as they are read', () => {
    const texts = {
      killSwitch: 'on',
      allowLan: 'on',
      dnsDomains: '~Cluster.Local., 43.10.in-addr.arpa',
      mtu: '1380',
      exclude: '10.42.3.0/24,10.42.2.7/24 2001:db8::1',
    };
    const settings = changed(texts);
    expect(settingsToText(settings)).toEqual({
      ...texts,
      dnsDomains: 'cluster.local,43.10.in-addr.arpa',
      exclude: '10.42.2.0/23,2001:db8::1/128',
    });
    expect(changed(settingsToText(settings))).toEqual(settings);
  });

  it('go back to the default by an empty text, and stay where none is given', () => {
    const decided = changed({ killSwitch: 'on', mtu: '1300' });
    expect(changed({ mtu: '' }, decided)).toEqual({ ...defaultSettings, killSwitch: true });
    expect(changed(settingsToText(defaultSettings), decided)).toEqual(defaultSettings);
  });

  it.each([
    ['killSwitch', 'yes'],
    ['allowLan', '1'],
    ['dnsDomains', 'cluster..local'],
    ['dnsDomains', '.'],
    ['dnsDomains', '--help'],
    ['dnsDomains', `${'a'.repeat(64)}.local`],
    ['mtu', '575'],
    ['mtu', '65536'],
    ['mtu', '1e3'],
    ['exclude', '10.0.0.0/33'],
    ['exclude', 'home'],
    ['constructor', 'on'],
    ['Killswitch', 'on'],
  ])('%s does not take %s', (name, text) => {
    expect(changeSettings(defaultSettings, new Map([[name, text]]))).toMatchObject({ problem: { name } });
  });

  it('are decided beside the file, and over it', () => {
    const tunnel = tunnelOf({ mtu: 1420 });
    const settings = changed({ killSwitch: 'on', dnsDomains: 'cluster.local', exclude: '10.42.3.0/24' });
    const decided = withSettings(tunnel, settings);
    expect(decided).toMatchObject({
      mtu: 1420,
      killSwitch: { allowLan: false },
      dns: { domains: ['cluster.local'] },
    });
    expect(decided.exclude.map(formatPrefix)).toEqual(['10.42.3.0/24']);
    expect(withSettings(tunnel, changed({ mtu: '1280' })).mtu).toBe(1280);
    expect(withSettings(tunnel, defaultSettings)).toEqual(tunnel);
  });
});
