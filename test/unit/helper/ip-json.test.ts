import { describe, expect, it } from 'vitest';
import { linksOf, routesOf, rulesOf } from '../../../electron/helper/network/ip-json.ts';

describe('what iproute2 says of links', () => {
  const lo =
    '{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"link_type":"loopback","addr_info":[' +
    '{"family":"inet","local":"127.0.0.1","prefixlen":8},{"family":"inet6","local":"::1","prefixlen":128}]}';
  const down =
    '{"ifindex":7,"ifname":"home","flags":["POINTOPOINT"],"mtu":1420,"link_type":"none","addr_info":[]}';

  it('is their names, numbers, MTUs and addresses, and whether they are up', () => {
    expect(linksOf(`[${lo},${down}]`)).toEqual([
      {
        name: 'lo',
        index: 1,
        type: 'loopback',
        up: true,
        carrier: true,
        mtu: 65_536,
        addresses: ['127.0.0.1/8', '::1/128'],
      },
      { name: 'home', index: 7, type: 'none', up: false, carrier: false, mtu: 1420, addresses: [] },
    ]);
  });

  it('may be nothing at all', () => {
    expect([linksOf(''), linksOf('\n'), linksOf('[]'), linksOf('[{}]')]).toEqual([[], [], [], []]);
  });
});

describe('what iproute2 says of routes', () => {
  it('is where they lead, with the default route in full', () => {
    const output =
      '[{"dst":"default","gateway":"192.168.1.1","dev":"eth0","prefsrc":"192.168.1.5","metric":100,"flags":[]},' +
      '{"dst":"10.42.0.0/16","dev":"home","table":"548208656","scope":"253","metric":1,"metrics":[{"mtu":1300}]}]';
    expect(routesOf(output, 4)).toEqual([
      {
        destination: '0.0.0.0/0',
        device: 'eth0',
        gateway: '192.168.1.1',
        source: '192.168.1.5',
        table: 254,
        metric: 100,
        mtu: null,
      },
      {
        destination: '10.42.0.0/16',
        device: 'home',
        gateway: null,
        source: null,
        table: 548_208_656,
        metric: 1,
        mtu: 1300,
      },
    ]);
    expect(routesOf('[{"dst":"default","dev":"home"}]', 6)[0]?.destination).toBe('::/0');
  });

  it('stands on a line for each question of a batch, other answers among them', () => {
    const output =
      '[{"dst":"203.0.113.2","dev":"eth0"}]\n\n[{"ifindex":2,"ifname":"eth0","mtu":1500}]\n[{"dst":"2001:db8::2","dev":"eth1"}]\n';
    expect(routesOf(output, 4).map(({ device }) => device)).toEqual(['eth0', 'eth1']);
    expect(linksOf(output).map(({ name }) => name)).toEqual(['eth0']);
  });
});

describe('what iproute2 says of rules', () => {
  it('is their priority, mark and table, in whatever base it prints them', () => {
    const anyone = { target: null, decidesNothing: false, user: null, protocol: null, destinationPort: null };
    const output =
      '[{"priority":0,"src":"all","table":"255"},' +
      '{"priority":30256,"not":null,"src":"all","fwmark":"0x20ad","table":"254","suppress_prefixlen":0},' +
      '{"priority":30257,"not":null,"src":"all","fwmark":"0x20ad","table":"548208640"},' +
      '{"priority":29998,"src":"all","uid_start":60853,"uid_end":60853,"ipproto":"ipproto-17","dport":53,"goto":30259},' +
      '{"priority":30259,"src":"all","nop":null}]';
    expect(rulesOf(output)).toEqual([
      { priority: 0, inverted: false, mark: null, table: 255, suppressedLength: null, ...anyone },
      { priority: 30_256, inverted: true, mark: 8365, table: 254, suppressedLength: 0, ...anyone },
      { priority: 30_257, inverted: true, mark: 8365, table: 548_208_640, suppressedLength: null, ...anyone },
      {
        priority: 29_998,
        inverted: false,
        mark: null,
        table: null,
        target: 30_259,
        decidesNothing: false,
        suppressedLength: null,
        user: 60_853,
        protocol: 17,
        destinationPort: 53,
      },
      {
        priority: 30_259,
        inverted: false,
        mark: null,
        table: null,
        suppressedLength: null,
        ...anyone,
        decidesNothing: true,
      },
    ]);
  });
});
