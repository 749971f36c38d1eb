import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../electron/backend/environment.ts';

describe('where things are', () => {
  const user = process.getuid?.() ?? 0;

  it('is the configuration folder and the helper of this user', () => {
    expect(placesOf({})).toEqual({
      home: join(homedir(), '.config', 'adit'),
      socket: `/run/adit/${user}/helper.sock`,
    });
    expect(placesOf({ XDG_CONFIG_HOME: '/xdg' }).home).toBe('/xdg/adit');
  });

  it('is what ADIT_HOME and ADIT_SOCKET say, unless they are empty', () => {
    const named = { ADIT_HOME: '/h', ADIT_SOCKET: '/s', XDG_CONFIG_HOME: '/xdg' };
    expect(placesOf(named)).toEqual({ home: '/h', socket: '/s' });
    // They stay where they are when we stand elsewhere.
    expect(placesOf({ ADIT_HOME: 'h', ADIT_SOCKET: 's' })).toEqual({
      home: resolve('h'),
      socket: resolve('s'),
    });
    expect(placesOf({ ADIT_HOME: '', ADIT_SOCKET: '', XDG_CONFIG_HOME: '' })).toEqual(placesOf({}));
  });
});
