import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { killSwitchOf, lanOf } from '../../../shared/network/plan/kill-switch.ts';
import type { LanNetwork } from '../../../shared/network/plan/kill-switch.ts';
import { digestOfListing } from '../../../shared/network/plan/nft-table.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import { describeWith } from '../machine.ts';
import { anyPrefix, anyTunnels, planned, prefix } from './tunnels.ts';
import type { TunnelTexts } from './tunnels.ts';

const resolver = 60_853;
const strict = { killSwitch: { allowLan: false } };
const withLan = { killSwitch: { allowLan: true } };
const lan: readonly LanNetwork[] = [{ interface: 'eth0', prefix: prefix('192.168.1.0/24') }];

/** The rules of one chain, without what surrounds them. */
function rulesOf(chain: 'output' | 'forward', tunnels: readonly TunnelTexts[], networks = lan): string[] {
  const ruleset =
    killSwitchOf(tunnels.map(planned), { resolver, lan: networks, opening: null })?.ruleset ?? '';
  const [, body = ''] =
    new RegExp(`chain ${chain} \\{\n.*\n([^}]*(?:\\}[^}\n]+[^}]*)*?)\t\\}`).exec(ruleset) ?? [];
  return body.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

describe('the kill switch', () => {
  it('is there exactly where a tunnel wants it', () => {
    expect(killSwitchOf([], { resolver, lan, opening: null })).toBeNull();
    expect(killSwitchOf([planned()], { resolver, lan, opening: null })).toBeNull();
    expect(
      killSwitchOf([planned(), planned({ interface: 'aws', ...strict })], { resolver, lan, opening: null }),
    ).not.toBeNull();
  });

  it('drops what no rule passes, on its way out and on its way through, in both families', () => {
    const { ruleset = '' } = killSwitchOf([planned(strict)], { resolver, lan, opening: null }) ?? {};
    expect(ruleset).toContain('table inet adit-kill-switch');
    expect(ruleset).toContain('type filter hook output priority 200; policy drop;');
    expect(ruleset).toContain('type filter hook forward priority 200; policy drop;');
  });

  it('passes these and nothing else', () => {
    expect(rulesOf('output', [{ ...strict, mark: 8365 }])).toEqual([
      'oifname { "home" } accept',
      'meta mark 0x000020ad accept',
      'oifname "lo" accept',
      'meta skuid 60853 meta l4proto { tcp, udp } th dport 53 accept',
      'udp sport 68 udp dport 67 accept',
      'udp sport 546 udp dport 547 accept',
      'ip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept',
      'ip6 hoplimit 1 icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } accept',
      'tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset',
      'reject with icmpx admin-prohibited',
    ]);
    expect(rulesOf('forward', [strict])).toEqual([
      'oifname { "home" } accept',
      'iifname { "home" } ct state established,related accept',
    ]);
  });

  it('passes every tunnel, one that does not want it too', () => {
    expect(rulesOf('output', [strict, { interface: 'aws' }])[0]).toBe('oifname { "aws", "home" } accept');
  });

  it('never passes the mark 0, which is that of every packet without one', () => {
    expect(rulesOf('output', [{ ...strict, mark: 0 }]).filter((rule) => rule.includes('mark'))).toEqual([]);
    expect(rulesOf('output', [strict, { interface: 'aws', mark: 0 }])[1]).toBe('meta mark 0x000020ad accept');
  });

  it('passes a mark that is not Adit’s from the port of its tunnel only: wg-quick has 51820 on the packets of all of its own', () => {
    const own = { interface: 'aws', mark: 51_820, listenPort: 40_000 };
    expect(rulesOf('output', [strict, own]).filter((rule) => rule.includes('mark'))).toEqual([
      'meta mark 0x000020ad accept',
      'meta mark 0x0000ca6c udp sport 40000 accept',
    ]);
  });

  it('passes the LAN by the link it is on, to this machine and to those behind it, and link-local groups', () => {
    expect(rulesOf('output', [withLan]).slice(-5)).toEqual([
      'ip daddr { 169.254.0.0/16, 224.0.0.0/24 } accept',
      'ip6 daddr { fe80::/10, ff02::/16 } accept',
      'oifname "eth0" ip daddr { 192.168.1.0/24 } accept',
      'tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset',
      'reject with icmpx admin-prohibited',
    ]);
    expect(rulesOf('forward', [withLan]).slice(-1)).toEqual([
      'oifname "eth0" ip daddr { 192.168.1.0/24 } accept',
    ]);
  });

  it('passes the LAN only where no tunnel with a kill switch objects', () => {
    const isLanPassed = (...tunnels: TunnelTexts[]): boolean =>
      rulesOf('output', tunnels).some((rule) => rule.includes('192.168.1.0/24'));
    expect(isLanPassed(withLan, { interface: 'aws' })).toBe(true);
    expect(isLanPassed(withLan, { interface: 'aws', ...strict })).toBe(false);
  });

  it('has one text for the same tunnels in another order', () => {
    const aws = planned({ interface: 'aws', mark: 7 });
    const texts = [
      [planned(strict), aws],
      [aws, planned(strict)],
    ].map((tunnels) => killSwitchOf(tunnels, { resolver, lan, opening: null })?.ruleset);
    expect(texts[0]).toBe(texts[1]);
  });
});

describe('the networks a machine stands in', () => {
  function lanTexts(links: Record<string, readonly string[]>, type = 'ether'): string[] {
    const facts = Object.entries(links).map(([name, addresses]) => ({ name, type, addresses }));
    return lanOf(facts).map((network) => `${network.interface} ${formatPrefix(network.prefix)}`);
  }

  it('are those of its links’ addresses, without those of tunnels, its own or others’', () => {
    const addresses = ['192.168.1.11/24', 'fd00::11/64'];
    expect(lanTexts({ eth0: addresses })).toEqual(['eth0 192.168.1.0/24', 'eth0 fd00::/64']);
    for (const type of ['loopback', 'none', 'ppp']) expect(lanTexts({ tun0: addresses }, type)).toEqual([]);
  });

  it('count as far as they are private: TunnelCrack LocalNet calls any address in the world local', () => {
    expect(lanTexts({ eth0: ['198.51.100.7/24', '2001:db8::7/64'] })).toEqual([]);
    expect(lanTexts({ eth0: ['192.1.2.3/2'] })).toEqual(['eth0 192.168.0.0/16']);
  });

  it('are none by a link whose name means another thing to nft', () => {
    expect(lanTexts({ 'eth*': ['10.0.0.1/8'], 'a"b': ['10.0.0.1/8'] })).toEqual([]);
  });
});

/** Runs `nft` in a network of its own, on this text. */
function nft(script: string, input: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('unshare', ['--net', 'sh', '-c', script], { input, encoding: 'utf8' });
}

describeWith(['root', 'nft', 'a network namespace'], 'the kill switch, with nft itself', () => {
  it('is taken as it is, for any tunnels and networks', () => {
    const anyLan = fc.array(fc.record({ interface: fc.constantFrom('eth0', 'wlan0'), prefix: anyPrefix }));
    const anySwitch = fc.option(fc.record({ allowLan: fc.boolean() }));
    const rulesets = fc
      .sample(fc.tuple(anyTunnels, anySwitch, anyLan), 200)
      .map(([tunnels, killSwitch, networks]) => {
        const guarded = tunnels.map((tunnel) => ({ ...tunnel, killSwitch }));
        return killSwitchOf(guarded, { resolver, lan: networks, opening: null })?.ruleset ?? '';
      });
    expect(nft('nft -c -f -', rulesets.join(''))).toMatchObject({ status: 0, stderr: '' });
  });

  it('replaces the one before it whole, and shows its digest again', () => {
    const before = killSwitchOf([planned(withLan)], { resolver, lan, opening: null });
    const after = killSwitchOf([planned({ ...strict, interface: 'aws' })], { resolver, lan, opening: null });
    const { status, stdout } = nft(
      'nft -f - && nft -t list ruleset',
      `${before?.ruleset ?? ''}${after?.ruleset ?? ''}`,
    );
    expect(status).toBe(0);
    expect(digestOfListing(stdout)).toBe(after?.digest);
    expect(stdout).not.toContain('192.168.1.0/24');
  });
});
