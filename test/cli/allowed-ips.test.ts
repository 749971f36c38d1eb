import { beforeAll, describe, expect, it } from 'vitest';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

function allowedIps(...words: readonly string[]): Promise<unknown> {
  return new Adit().json('allowed-ips', ...words);
}

describe('adit allowed-ips', () => {
  const everythingButPrivate =
    '0.0.0.0/5, 8.0.0.0/7, 11.0.0.0/8, 12.0.0.0/6, 16.0.0.0/4, 32.0.0.0/3, 64.0.0.0/2, 128.0.0.0/2, 192.0.0.0/9, ' +
    '192.128.0.0/11, 192.160.0.0/13, 192.169.0.0/16, 192.170.0.0/15, 192.172.0.0/14, 192.176.0.0/12, ' +
    '192.192.0.0/10, 193.0.0.0/8, 194.0.0.0/7, 196.0.0.0/6, 200.0.0.0/5, 208.0.0.0/4, 224.0.0.0/3';

  it('prints one line, as it stands behind "AllowedIPs = "', async () => {
    const adit = new Adit();
    const words = ['allowed-ips', '--include', '0.0.0.0/0', '--exclude', '192.168.0.0/16,10.0.0.0/8'];
    expect(await adit.run(words)).toEqual({ code: 0, stdout: `${everythingButPrivate}\n`, stderr: '' });
    expect(await adit.json(...words)).toEqual({ allowedIps: everythingButPrivate.split(', ') });
  });

  it('takes lists with commas, blanks and repeated options, of both families', async () => {
    const wanted = { allowedIps: ['10.0.0.0/9', '192.0.2.1/32', 'fd00::/9'] };
    expect(
      await allowedIps('--include', '192.0.2.1, fd00::/8 10.0.0.0/8', '--exclude', 'fd80::/9,10.128.0.0/9'),
    ).toEqual(wanted);
    expect(
      await allowedIps(
        ...['--include=fd00::/8', '--include=10.0.0.0/8', '--include', '192.0.2.1'],
        ...['--exclude', '10.128.0.0/9', '--exclude=fd80::/9'],
      ),
    ).toEqual(wanted);
  });

  it('puts prefixes together where nothing is excluded', async () => {
    expect(await allowedIps('--include', '::/1,128.0.0.0/1,8000::/1,0.0.0.0/1,10.0.0.0/8')).toEqual({
      allowedIps: ['0.0.0.0/0', '::/0'],
    });
  });

  it('says that nothing is left, on stderr, and ends with 0', async () => {
    const adit = new Adit();
    const words = ['allowed-ips', '--include', '10.0.0.0/8', '--exclude', '10.0.0.0/9,10.128.0.0/9'];
    const { code, stdout, stderr } = await adit.run(words);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^adit: Nothing is left: .+\.\n$/);
    expect(await adit.json(...words)).toEqual({ allowedIps: [] });
  });

  it('clears host bits as wg does, and says so', async () => {
    const adit = new Adit();
    const words = ['allowed-ips', '--include', '10.1.2.3/8', '--exclude', '10.200.200.11/9'];
    const { code, stdout, stderr } = await adit.run(words);
    expect([code, stdout]).toEqual([0, '10.0.0.0/9\n']);
    expect(stderr).toContain('10.1.2.3/8 has bits behind its length: it stands for 10.0.0.0/8.');
    expect(stderr).toContain('10.200.200.11/9 has bits behind its length: it stands for 10.128.0.0/9.');
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/255.0.0.0',
    '+10.0.0.0/8',
    'fe80::1%lo',
    'lan',
  ])('names what is no prefix: %s', async (text) => {
    const adit = new Adit();
    for (const option of ['--include', '--exclude']) {
      const fault = await adit.fault(['allowed-ips', '--include', '0.0.0.0/0', option, `10.0.0.0/8,${text}`]);
      expect(fault.code).toBe('allowed-ip-malformed');
      expect(fault.message).toBe(`${option}: ${JSON.stringify(text)} is no range of addresses.`);
    }
    expect((await adit.run(['allowed-ips', '--include', text])).code).toBe(1);
  });
});
