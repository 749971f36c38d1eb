import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { AutostartEntry, autostartFile, programToStart } from '../../../electron/shell/login-item.ts';
import { temporaryFolder } from '../machine.ts';

describe('starting at login on a Linux desktop', () => {
  let file: string;
  let program: string;
  let entry: AutostartEntry;

  beforeEach(() => {
    const folder = temporaryFolder();
    file = autostartFile(join(folder, 'config'));
    program = join(folder, 'Adit 1.AppImage');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    entry = new AutostartEntry(file, program);
  });

  function given(text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  it('is an entry of the person’s own, which goes when it is switched off', () => {
    expect(file).toMatch(/\/config\/autostart\/adit\.desktop$/);
    expect(entry.isOn()).toBe(false);
    entry.set(true);
    expect(entry.isOn()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(
      '[Desktop Entry]\nType=Application\nName=Adit\nComment=WireGuard client\nIcon=adit-desktop\n' +
        `Exec="${program}" --hidden\nTryExec=${program}\n`,
    );
    entry.set(false);
    expect(existsSync(file)).toBe(false);
    entry.set(false);
    expect(entry.isOn()).toBe(false);
  });

  it('keeps what the person or the desktop has added', () => {
    entry.set(true);
    const own = `${readFileSync(file, 'utf8').replace('Name=Adit', 'Name=Tunnels')}OnlyShowIn=GNOME;KDE;\n# mine\n`;
    given(own);
    entry.set(false);
    expect(entry.isOn()).toBe(false);
    const off = readFileSync(file, 'utf8');
    expect(off.split('\n').filter((line) => line !== 'Hidden=true')).toEqual(own.split('\n'));
    entry.set(true);
    expect(entry.isOn()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(own);
  });

  it('is off where the desktop has switched it off, and is switched on there too', () => {
    entry.set(true);
    const text = readFileSync(file, 'utf8');
    for (const line of ['Hidden=true', 'X-GNOME-Autostart-enabled=false']) {
      given(`${text}${line}\n`);
      expect(entry.isOn(), line).toBe(false);
      entry.set(true);
      expect(entry.isOn(), line).toBe(true);
    }
    expect(readFileSync(file, 'utf8')).toBe(`${text}X-GNOME-Autostart-enabled=true\n`);
  });

  it('is off where the program is no longer there, and names the new one when it is switched on', () => {
    entry.set(true);
    rmSync(program);
    expect(entry.isOn()).toBe(false);
    const moved = new AutostartEntry(file, process.execPath);
    moved.set(true);
    expect(entry.isOn()).toBe(true);
    // Whichever program wrote it, it is nobody else's.
    entry.set(false);
    expect(existsSync(file)).toBe(false);
  });

  it('says what the system refuses', () => {
    writeFileSync(join(dirname(dirname(dirname(file))), 'config'), 'a file in the way');
    expect(() => entry.set(true)).toThrow(/ENOTDIR|EEXIST/);
  });
});

describe('the program that the login starts', () => {
  it('is the one that runs, or the AppImage it runs from', () => {
    const path = '/tmp/.mount_AditXY/adit-desktop';
    const image = { APPIMAGE: '/home/u/Adit.AppImage', APPDIR: '/tmp/.mount_AditXY' };
    expect(programToStart(path, {})).toBe(path);
    expect(programToStart(path, image)).toBe('/home/u/Adit.AppImage');
    // Started from within another AppImage, such as a terminal's.
    expect(programToStart('/opt/Adit/adit-desktop', image)).toBe('/opt/Adit/adit-desktop');
  });
});
