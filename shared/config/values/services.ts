/**
 * The names that `/etc/services` of Debian gives a UDP port. `wg` takes them where a port belongs, on a machine that has
 * the file; Adit only needs to tell them from names that `wg` would refuse.
 *
 * @see netbase etc/services; IANA Service Name and Transport Protocol Port Number Registry
 */
const udpServices = `
  afs3-bos:7007 afs3-callback:7001 afs3-fileserver:7000 afs3-kaserver:7004 afs3-prserver:7002 afs3-rmtsys:7009
  afs3-update:7008 afs3-vlserver:7003 afs3-volser:7005 asf-rmcp:623 asp:27374 babel:6696 biff:512 bootpc:68 bootps:67
  chargen:19 clearcase:371 Clearcase:371 cmip-agent:164 cmip-man:163 codaauth2:370 codasrv:2432 codasrv-se:2433
  comsat:512 datametrics:1645 daytime:13 dhcpv6-client:546 dhcpv6-server:547 discard:9 domain:53 domain-s:853 echo:7
  fsp:21 fspd:21 gdomap:538 gnunet:2086 gnutella-rtr:6347 gnutella-svc:6346 https:443 iax:4569 icp:3130 icpv2:3130
  ipsec-nat-t:4500 ipx:213 isakmp:500 isns:3205 kdc:750 kerberos:88 kerberos-iv:750 kerberos-master:751 kerberos-sec:88
  kerberos4:750 kerberos5:88 kerberos_master:751 kpasswd:464 krb5:88 l2f:1701 l2tp:1701 ldap:389 ldaps:636 ldp:646
  mdns:5353 moira-ureg:779 moira_ureg:779 mon:2583 ms-sql-m:1434 netbios-dgm:138 netbios-ns:137 nfs:2049 ntalk:518
  ntp:123 null:9 nut:3493 old-radacct:1646 old-radius:1645 openvpn:1194 passwd-server:752 passwd_server:752
  portmapper:111 predict:1210 ptp-event:319 ptp-general:320 radacct:1813 radius:1812 radius-acct:1813 route:520
  routed:520 router:520 rpc2portmap:369 rplay:5555 rtcm-sc104:2101 rtsp:554 sa-msg-port:1646 sgi-cmsd:17001
  sgi-crsd:17002 sgi-gcd:17003 sink:9 sip:5060 sip-tls:5061 snmp:161 snmp-trap:162 snmptrap:162 source:19 sunrpc:111
  svrloc:427 syslog:514 tacacs:49 talk:517 tftp:69 time:37 timserver:37 tinc:655 ttytst:19 venus:2430 venus-se:2431
  who:513 whod:513 xdmcp:177 zephyr-clt:2103 zephyr-hm:2104 zephyr-srv:2102`;

const ports: ReadonlyMap<string, number> = new Map(
  [...udpServices.matchAll(/(\S+):(\d+)/g)].map(([, name = '', port]) => [name, Number(port)]),
);

/** The UDP port that Debian knows a service by; null for an unknown name. Case matters, as in the file. */
export function udpServicePort(name: string): number | null {
  return ports.get(name) ?? null;
}
