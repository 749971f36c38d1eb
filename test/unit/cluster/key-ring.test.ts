import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRing } from '../../../electron/backend/cluster/keys.ts';
import { publicKeyOf } from '../../../shared/config/index.ts';

describe('keys that wait for their profile', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'adit-keys-'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('are found by their public half, and are nobody else’s to read', async () => {
    const ring = new KeyRing(home);
    const publicKey = await ring.make();
    expect(publicKeyOf((await ring.find(publicKey)) ?? '')).toBe(publicKey);
    const folder = join(home, 'clusters', 'keys');
    const [file = ''] = readdirSync(folder);
    expect([folder, join(folder, file)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it('are not found where the file holds another, or is gone', async () => {
    const ring = new KeyRing(home);
    const [one, other] = [await ring.make(), await ring.make()];
    const path = (key: string): string =>
      join(home, 'clusters', 'keys', Buffer.from(key, 'base64').toString('hex'));
    writeFileSync(path(one), (await ring.find(other)) ?? '');
    expect(await ring.find(one)).toBeNull();
    await ring.remove(other);
    expect(await ring.find(other)).toBeNull();
  });

  it('are told all, and nothing else that lies there', async () => {
    const ring = new KeyRing(home);
    expect(await ring.all()).toEqual([]);
    const made = [await ring.make(), await ring.make()].sort();
    writeFileSync(join(home, 'clusters', 'keys', 'notes.txt'), 'x');
    writeFileSync(join(home, 'clusters', 'keys', 'a'.repeat(64)), 'no key');
    expect((await ring.all()).sort()).toEqual(made);
  });
});
