/**
 * Asks `ip` about values of Address, MTU and Table, as wg-quick hands them over when a tunnel comes up. Runs as root in a network
 * namespace of its own, with a TUN device in it.
 *
 * Reads `[["Address","10.0.0.1/24"],…]` on stdin, and prints for each whether `ip` took it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const link = 'judge';
const questions = JSON.parse(readFileSync(0, 'utf8')) as [keyof typeof commands, string][];

const commands = {
  Address: (word: string) => [word.includes(':') ? '-6' : '-4', 'address', 'add', word, 'dev', link],
  MTU: (word: string) => ['link', 'set', 'mtu', word, 'up', 'dev', link],
  Table: (word: string) => ['-4', 'route', 'add', '10.77.0.0/16', 'dev', link, 'table', word],
};

execFileSync('ip', ['tuntap', 'add', link, 'mode', 'tun']);
console.log(JSON.stringify(questions.map(([field, word]) => isTaken(field, word))));

function isTaken(field: keyof typeof commands, word: string): boolean {
  const ip = (...args: string[]): boolean => spawnSync('ip', args).status === 0;
  ip('link', 'set', 'mtu', '1420', 'up', 'dev', link);
  const taken = ip(...commands[field](word));
  for (const family of ['-4', '-6']) {
    ip(family, 'address', 'flush', 'dev', link);
    ip(family, 'route', 'flush', 'table', 'all', 'dev', link);
  }
  return taken;
}
