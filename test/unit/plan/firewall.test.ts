import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firewallOf } from '../../../shared/network/plan/firewall.ts';
import { digestOfListing } from '../../../shared/network/plan/nft-table.ts';
import { describeWith } from '../machine.ts';
import { anyTunnels, planned } from './tunnels.ts';
import type { TunnelTexts } from './tunnels.ts';

function rulesIn(...tunnels: TunnelTexts[]): string[] {
  return firewallOf(tunnels.map(planned), 60_853)
    .ruleset.split('\n')
    .map((line) => line.trim())
    .filter((line) => /daddr|mark/.test(line) && !line.includes(' oif '));
}

function sourceRulesIn(...tunnels: TunnelTexts[]): string[] {
  const lines = firewallOf(tunnels.map(planned), 60_853).ruleset.split('\n');
  return lines.filter((line) => line.includes(' oif ')).map((line) => line.trim());
}

const full = { prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'] };

describe('the firewall table', () => {
  it('drops packets to a tunnel’s address that come in elsewhere', () => {
    expect(rulesIn({ addresses: ['10.4.0.9/32', 'fd00::9/128'] })).toEqual([
      'ip daddr 10.4.0.9 iifname != { "home" } fib saddr type != local drop',
      'ip6 daddr fd00::9 iifname != { "home" } fib saddr type != local drop',
    ]);
  });

  it('welcomes packets to an address that two tunnels hold on both', () => {
    expect(rulesIn({}, { interface: 'office', addresses: ['10.200.200.11/32'] })).toEqual([
      'ip daddr 10.200.200.11 iifname != { "home", "office" } fib saddr type != local drop',
    ]);
  });

  it('drops outer packets whose source is a tunnel’s address, once for each address', () => {
    const office = { interface: 'office', addresses: ['10.4.0.9/32'] };
    expect(sourceRulesIn({ addresses: ['10.4.0.9/32', 'fd00::9/128'] }, office)).toEqual([
      'meta mark 0x000020ad ip saddr 10.4.0.9 fib saddr . oif type != local drop',
      'meta mark 0x000020ad ip6 saddr fd00::9 fib saddr . oif type != local drop',
    ]);
  });

  it('names no address that the interface cannot hold', () => {
    expect(rulesIn({ addresses: ['fd00::9/128'], ipv6: false })).toEqual([]);
    expect(sourceRulesIn({ addresses: ['fd00::9/128'], ipv6: false })).toEqual([]);
  });

  it('marks answers only where a tunnel needs it, and the ports of those tunnels only', () => {
    const split = { interface: 'aws', prefixes: ['10.42.0.0/16'], addresses: [] };
    expect(rulesIn(split).filter((rule) => rule.includes('mark'))).toEqual([]);
    const away = { ...split, endpoints: ['2001:db8::2'], listenPort: 4444 };
    expect(rulesIn({ ...full, addresses: [] }, away)).toEqual([
      'ct mark 0x000020ad meta mark set ct mark',
      'udp dport { 51820 } fib daddr type local meta mark set 0x000020ad',
      'meta mark 0x000020ad ct mark set meta mark',
      'meta skuid 60853 meta l4proto { tcp, udp } th dport 53 ct mark set 0x000020ad',
    ]);
  });

  it('names a port once that two tunnels have', () => {
    const office = { ...full, interface: 'office' };
    expect(rulesIn({ ...full, addresses: [] }, { ...office, addresses: [] })[1]).toContain('dport { 51820 }');
  });

  it('has another digest exactly if its text is another', () => {
    fc.assert(
      fc.property(anyTunnels, anyTunnels, (a, b) => {
        const [one, other] = [firewallOf(a, 60_853), firewallOf(b, 60_853)];
        expect(one.digest === other.digest).toBe(one.ruleset === other.ruleset);
        expect(digestOfListing(one.ruleset)).toBe(one.digest);
      }),
    );
  });

  it('has no digest in a listing that is not ours', () => {
    expect(digestOfListing('table inet adit {\n\tchain spoofed {\n\t}\n}\n')).toBeNull();
  });
});

/** Runs `nft` in a network of its own, on this text. */
function nft(script: string, input: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('unshare', ['--net', 'sh', '-c', script], { input, encoding: 'utf8' });
}

describeWith(['root', 'nft', 'a network namespace'], 'the firewall table, with nft itself', () => {
  it('is taken as it is, for any tunnels', () => {
    const rulesets = fc.sample(anyTunnels, 200).map((tunnels) => firewallOf(tunnels, 60_853).ruleset);
    expect(nft('nft -c -f -', rulesets.join(''))).toMatchObject({ status: 0, stderr: '' });
  });

  it('replaces the one before it whole, and shows its digest again', () => {
    const before = firewallOf([planned(full)], 60_853);
    const after = firewallOf([planned({ ...full, interface: 'office', addresses: ['10.4.0.9/32'] })], 60_853);
    const { status, stdout } = nft('nft -f - && nft -t list ruleset', before.ruleset + after.ruleset);
    expect(status).toBe(0);
    expect(digestOfListing(stdout)).toBe(after.digest);
    expect(stdout).toContain('"office"');
    expect(stdout).not.toContain('"home"');
  });
});
