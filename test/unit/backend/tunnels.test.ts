import { describe, expect, it } from 'vitest';
import { Profile } from '../../../electron/backend/profiles/profile.ts';
import { statusOfAll } from '../../../electron/backend/tunnels.ts';
import { tunnelStatus as tunnelStatusMessage } from '../../../shared/contract/helper/messages.ts';
import { keys } from '../contract/tunnels.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { homeConf } from './profiles.ts';

const profiles = ['home', 'my office'].map((name) => new Profile(name, new TextEncoder().encode(homeConf)));

describe('the state of every profile', () => {
  it('is down where the helper holds no tunnel of it, with what its file says', () => {
    const [home, office] = statusOfAll(profiles, []);
    expect(home).toMatchObject({
      name: 'home',
      interface: 'home',
      state: 'down',
      engine: null,
      since: null,
      publicKey: keys.public,
      addresses: ['10.200.200.11/24'],
      peers: [],
    });
    expect(office?.interface).toBe(profiles[1]?.interface);
    expect(tunnelStatusMessage.parse(home)).toEqual(home);
  });

  it('is the helper’s where it holds one, in the order of the profiles', () => {
    const standing = tunnelStatus({ name: 'my office', interface: 'x', state: 'connected' });
    expect(statusOfAll(profiles, [standing])[1]).toBe(standing);
  });

  it('is told of tunnels too whose profile is gone, behind the others', () => {
    const orphan = tunnelStatus({ name: 'gone', interface: 'gone' });
    expect(statusOfAll(profiles, [orphan]).map(({ name }) => name)).toEqual(['home', 'my office', 'gone']);
  });
});
