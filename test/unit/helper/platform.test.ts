import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseUnknownSystem } from '../../../electron/helper/system/platform.ts';
import { faultOf } from '../../../shared/fault.ts';

const helper = join(import.meta.dirname, '..', '..', '..', 'dist', 'helper.cjs');

describe('a system that the helper has no engine for', () => {
  it('is refused by name', () => {
    const refusal = (platform: NodeJS.Platform): string => {
      try {
        refuseUnknownSystem(platform);
        return 'taken';
      } catch (error) {
        const { code, message } = faultOf(error);
        return `${code}: ${message}`;
      }
    };
    expect(refusal('linux')).toBe('taken');
    expect(refusal('darwin')).toMatch(/^platform-unsupported: .*macOS/);
    expect(refusal('win32')).toMatch(/^platform-unsupported: .*Windows/);
    expect(refusal('aix')).toMatch(/^platform-unsupported: .*aix/);
  });

  it.each([['helper'], ['recover']])('ends "adit %s" before it asks for root or touches anything', (word) => {
    const program = `Object.defineProperty(process, 'platform', { value: 'darwin' });
      process.getuid = undefined;
      process.argv = [process.execPath, 'adit', ${JSON.stringify(word)}];
      require(${JSON.stringify(helper)});`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--eval', program], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'platform-unsupported' } });
    expect(stderr).toMatch(/^adit: The helper cannot make tunnels on macOS yet.*\n.+\n$/);
    expect(status).toBe(1);
  });
});
