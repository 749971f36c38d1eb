import { expect, test } from 'vitest';
import {
  globalDnsWords,
  noGlobalDns,
  parseDevices,
  parseGlobalDns,
} from '../../../electron/helper/names/global-dns.ts';

// What busctl 252 printed of NetworkManager 1.42.
const printed =
  '{"type":"a{sv}","data":{"searches":{"type":"as","data":["svc.cluster.local"]},"domains":{"type":"a{sv}","data":{"*":{"type":"a{sv}","data":{"servers":{"type":"as","data":["10.43.0.10"]}}}}}}}';

test('reads NetworkManager’s global configuration, and none', () => {
  expect(parseGlobalDns(printed)).toEqual({
    searches: ['svc.cluster.local'],
    options: [],
    domains: { '*': { servers: ['10.43.0.10'], options: [] } },
  });
  expect(parseGlobalDns('{"type":"a{sv}","data":{}}')).toEqual(noGlobalDns);
});

test('says it in busctl’s words, each list with its length before it', () => {
  expect(globalDnsWords(parseGlobalDns(printed)).join(' ')).toBe(
    'a{sv} 3 searches as 1 svc.cluster.local options as 0 domains a{sv} 1 * a{sv} 2 servers as 1 10.43.0.10 options as 0',
  );
  expect(globalDnsWords(noGlobalDns)).toEqual(['a{sv}', '0']);
});

test('what is no such configuration is no guess', () => {
  expect(() => parseGlobalDns('{"type":"s","data":"x"}')).toThrow();
});

test('takes servers and search domains of the devices, routing domains left out', () => {
  const listing = `IP4.ADDRESS[1]:192.168.1.5/24
IP4.DNS[1]:192.168.1.1
IP4.DNS[2]:192.168.1.2
IP4.SEARCHES[1]:home.lan
IP6.DNS[1]:fd00::53

IP4.DNS[1]:192.168.1.1
IP4.DOMAIN[1]:office.example
IP4.SEARCHES[1]:~corp.example
`;
  expect(parseDevices(listing)).toEqual({
    servers: ['192.168.1.1', '192.168.1.2', 'fd00::53'],
    searchDomains: ['home.lan', 'office.example'],
  });
});
