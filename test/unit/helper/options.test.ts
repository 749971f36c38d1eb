import { describe, expect, it } from 'vitest';
import { readTask } from '../../../electron/helper/options.ts';
import { faultOf } from '../../../shared/fault.ts';

function refusal(words: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  try {
    readTask(words, environment);
  } catch (error) {
    return faultOf(error).code;
  }
  return 'taken';
}

describe('how the helper is started', () => {
  it('without a word it is root’s, at the usual place, and takes its tunnels down at the end', () => {
    expect(readTask(['helper'], {})).toEqual({
      kind: 'serve',
      owner: 0,
      socket: '/run/adit/0/helper.sock',
      keep: false,
      dev: false,
      byWgQuick: false,
    });
  });

  it('takes what it is told', () => {
    const words = [
      'helper',
      '--socket',
      '/run/x.sock',
      '--owner=1000',
      '--keep',
      '--dev',
      '--wg-quick',
      '--json',
    ];
    expect(readTask(words, {})).toEqual({
      kind: 'serve',
      owner: 1000,
      socket: '/run/x.sock',
      keep: true,
      dev: true,
      byWgQuick: true,
    });
  });

  it('is that of whoever became root by pkexec or sudo, unless another is named', () => {
    const ownerWith = (environment: NodeJS.ProcessEnv, ...words: string[]): number =>
      readTask(['helper', ...words], environment).owner;
    expect(ownerWith({ SUDO_UID: '1000' })).toBe(1000);
    expect(ownerWith({ PKEXEC_UID: '1001', SUDO_UID: '1000' })).toBe(1001);
    expect(ownerWith({ SUDO_UID: '1000' }, '--owner', '7')).toBe(7);
  });

  it('listens in the folder of its owner', () => {
    expect(readTask(['helper', '--owner', '1000'], {})).toMatchObject({
      socket: '/run/adit/1000/helper.sock',
    });
  });

  it('lets nobody who came by pkexec choose another owner or place', () => {
    const environment = { PKEXEC_UID: '1000' };
    expect(refusal(['helper'], environment)).toBe('taken');
    expect(refusal(['helper', '--owner', '0'], environment)).toBe('wrong-usage');
    expect(refusal(['helper', '--socket', '/tmp/x'], environment)).toBe('wrong-usage');
    expect(refusal(['helper', '--socket', ''], environment)).toBe('wrong-usage');
    expect(refusal(['recover', '--owner', '0'], environment)).toBe('wrong-usage');
  });

  it.each([
    [['helper', '--owner', 'root']],
    [['helper', '--owner', '-1']],
    [['helper', '--owner', '1e3']],
    [['helper', '--owner', '4294967295']],
    [['helper', '--owner', '']],
    [['helper', '--owner']],
    [['helper', '--sock', 'x']],
    [['helper', 'extra']],
    [['helper', '--keep=no']],
  ])('does not take %j', (words) => {
    expect(refusal(words)).toBe('wrong-usage');
  });

  it('refuses an owner in the environment that is no number', () => {
    expect(refusal(['helper'], { SUDO_UID: 'x' })).toBe('wrong-usage');
    expect(refusal(['helper'], { PKEXEC_UID: '' })).toBe('wrong-usage');
  });

  it('as recover undoes what a dead helper of that owner left', () => {
    expect(readTask(['recover', '--dev', '--owner', '1000'], {})).toEqual({
      kind: 'recover',
      owner: 1000,
      socket: '/run/adit/1000/helper.sock',
      dev: true,
    });
  });
});
