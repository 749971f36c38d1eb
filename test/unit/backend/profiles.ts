import { keys } from '../contract/tunnels.ts';

/** A configuration that every tool takes, with comments, and lines of its own. */
export const homeConf = `# Home, by hand
[Interface]
# Name = Zuhause
PrivateKey = ${keys.private}
Address = 10.200.200.11/24   # mine

[Peer]
# Name = Ali_Server
PublicKey = ${keys.peer}
PresharedKey = ${keys.preshared}
AllowedIPs = 10.42.0.0/16, 10.43.0.0/16
Endpoint = 203.0.113.2:51820
PersistentKeepalive = 25
`;

/** The same, with another line in its [Interface]. */
export function confWith(line: string): string {
  return homeConf.replace('# mine', `# mine\n${line}`);
}
