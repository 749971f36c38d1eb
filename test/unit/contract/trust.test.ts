import { describe, expect, it } from 'vitest';
import { firstUntrusted, pathsFromRoot } from '../../../shared/contract/helper/trust.ts';
import type { PathFacts } from '../../../shared/contract/helper/trust.ts';

const folder = 0o040000;
const file = 0o100000;
const link = 0o120000;

/** The facts of a path from `/` down, root's and closed, but for what is given of some of its parts. */
function chainOf(path: string, facts: Readonly<Record<string, Partial<PathFacts>>> = {}): PathFacts[] {
  return pathsFromRoot(path).map((at) => ({ path: at, uid: 0, mode: folder | 0o755, ...facts[at] }));
}

describe('the parts of a path', () => {
  it('go from / down', () => {
    expect(pathsFromRoot('/run/adit/1000')).toEqual(['/', '/run', '/run/adit', '/run/adit/1000']);
    expect(pathsFromRoot('/')).toEqual(['/']);
    expect(pathsFromRoot('//run//adit/')).toEqual(['/', '/run', '/run/adit']);
  });
});

describe('a path is trusted', () => {
  it('where all of it is root’s, and only root can write to it', () => {
    expect(firstUntrusted(chainOf('/run/adit/1000'))).toBeNull();
    expect(
      firstUntrusted(chainOf('/opt/adit/helper.cjs', { '/opt/adit/helper.cjs': { mode: file | 0o644 } })),
    ).toBeNull();
  });

  it('below a folder of all with the sticky bit', () => {
    expect(firstUntrusted(chainOf('/tmp/x', { '/tmp': { mode: folder | 0o1777 } }))).toBeNull();
  });
});

describe('a path is not trusted', () => {
  it.each([
    ['/run/adit', '/run', { uid: 1000 }, 'belongs to user 1000, not to root'],
    ['/run/adit', '/run/adit', { uid: 1000 }, 'belongs to user 1000, not to root'],
    ['/run/adit', '/', { mode: folder | 0o775 }, 'can be written by others than root'],
    ['/run/adit', '/run', { mode: folder | 0o757 }, 'can be written by others than root'],
    ['/tmp/x', '/tmp', { mode: folder | 0o777 }, 'can be written by others than root'],
    ['/tmp', '/tmp', { mode: folder | 0o1777 }, 'can be written by others than root'],
    ['/opt/a.cjs', '/opt/a.cjs', { mode: file | 0o664 }, 'can be written by others than root'],
    ['/run/adit', '/run', { mode: link | 0o777 }, 'is a symbolic link'],
  ])('%s, for %s', (path, culprit, facts, reason) => {
    expect(firstUntrusted(chainOf(path, { [culprit]: facts }))).toEqual({ path: culprit, reason });
  });

  it('and the culprit nearest to / is told of', () => {
    const chain = chainOf('/a/b/c', { '/a': { uid: 1 }, '/a/b': { uid: 2 } });
    expect(firstUntrusted(chain)?.path).toBe('/a');
  });
});
