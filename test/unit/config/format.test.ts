import { describe, expect, it } from 'vitest';
import { formatConf, parse } from '../../../shared/config/index.ts';
import { fixturesIn, fixtureText } from './fixtures.ts';

function format(...lines: string[]): string[] {
  return formatConf(parse(lines.join('\n'))).split('\n');
}

describe('the canonical text', () => {
  it('has keys in their spelling and order, and values as wg prints them', () => {
    expect(
      format(
        '[interface]',
        'dns=1.1.1.1 ,FD00::0053 corp.example',
        'LISTENPORT=051820',
        'fwmark = 51820',
        'Address=10.0.0.5,fd00::5/64',
        'Private Key = wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8 =',
        '[PEER]',
        'persistentkeepalive=0',
        'EndPoint = FD00::1:51820',
        'AllowedIPs = 10.0.0.1/8,::ffff:10.0.0.1',
        'publickey = JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
      ),
    ).toEqual([
      '[Interface]',
      'PrivateKey = wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=',
      'Address = 10.0.0.5/32, fd00::5/64',
      'ListenPort = 51820',
      'FwMark = 0xca6c',
      'DNS = 1.1.1.1, fd00::53, corp.example',
      '',
      '[Peer]',
      'PublicKey = JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
      'AllowedIPs = 10.0.0.0/8, ::ffff:10.0.0.1/128',
      'Endpoint = [fd00::1]:51820',
      'PersistentKeepalive = off',
      '',
    ]);
  });

  it('keeps comments with what they stand at', () => {
    expect(
      format(
        '# of the file',
        '',
        '# of the interface',
        '[Interface] # here',
        '# of the port',
        'ListenPort=1# trailing',
        '# Name = home',
        '# of the key',
        'PrivateKey=x',
        '# at the end',
        '',
        '',
        '# Name = Bob',
        '[Peer]',
        '# last',
      ),
    ).toEqual([
      '# of the file',
      '',
      '# of the interface',
      '[Interface] # here',
      '# Name = home',
      '# of the key',
      'PrivateKey = x',
      '# of the port',
      'ListenPort = 1 # trailing',
      '# at the end',
      '',
      '# Name = Bob',
      '[Peer]',
      '# last',
      '',
    ]);
  });

  it('keeps lines that nobody understands, and settings in the wrong place, as they are', () => {
    expect(
      format(
        '[Interface]',
        'what',
        'MTU=1400',
        'Foo=bar',
        'PublicKey=x',
        '[ Interface ]',
        'mtu=1',
        '[Server]',
        'mtu=2',
      ),
    ).toEqual([
      '[Interface]',
      'MTU = 1400',
      'what',
      'Foo=bar',
      'PublicKey=x',
      '',
      '[ Interface ]',
      'mtu=1',
      '',
      '[Server]',
      'mtu=2',
      '',
    ]);
  });

  it('keeps a value that is none', () => {
    expect(format('[Peer]', 'AllowedIPs=10.0.0.1,what', 'Endpoint =  a:70000', 'PublicKey=')).toEqual([
      '[Peer]',
      'PublicKey =',
      'AllowedIPs = 10.0.0.1,what',
      'Endpoint = a:70000',
      '',
    ]);
  });

  it('leaves a command to the letter, with what looks like a comment in it', () => {
    expect(format('[Interface]', 'postup=echo  a#b  # c ')).toEqual([
      '[Interface]',
      'PostUp = echo  a#b  # c',
      '',
    ]);
  });

  it('keeps the order of sections and of lines with one key, which have a meaning', () => {
    expect(
      format('[Peer]', 'AllowedIPs=10.0.0.2', 'AllowedIPs=10.0.0.1', '[Interface]', 'MTU=2', 'MTU=1'),
    ).toEqual([
      '[Peer]',
      'AllowedIPs = 10.0.0.2/32',
      'AllowedIPs = 10.0.0.1/32',
      '',
      '[Interface]',
      'MTU = 2',
      'MTU = 1',
      '',
    ]);
  });

  it('has LF for CR LF, and no byte order mark', () => {
    expect(formatConf(parse('\ufeff[Interface]\r\nMTU = 1400\r\n'))).toBe('[Interface]\nMTU = 1400\n');
  });

  it('of nothing is nothing', () => {
    expect(formatConf(parse('\n\n'))).toBe('');
  });

  it.each([...fixturesIn('seeds'), ...fixturesIn('codes')])('is the same the second time: %s', (path) => {
    const once = formatConf(parse(fixtureText(path)));
    expect(formatConf(parse(once))).toBe(once);
  });
});
