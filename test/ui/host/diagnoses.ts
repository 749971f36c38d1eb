import { finding } from '../../../shared/diagnosis/catalogue.ts';
import type { Diagnosis, TunnelProbe } from '../../../shared/diagnosis/diagnosis.ts';
import type { NamedWay } from '../../../shared/diagnosis/words/way.ts';

const probe: TunnelProbe = {
  tunnel: null,
  target: 'address',
  address: '172.24.135.45',
  method: 'ping',
  port: null,
  hops: null,
  bytes: null,
  outcome: 'silent',
  by: null,
  milliseconds: null,
  detail: null,
};

/** What is found of seed 000's relay when its firewall drops what it forwards, in the words of the product. */
export function relayDoesNotForward(tunnel: string, address: string | null): Diagnosis {
  const way: NamedWay = {
    tunnel,
    address: address ?? probe.address,
    family: 4,
    peer: 'Ali_Server',
    publicKey: 'HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=',
    peerAddress: '10.200.200.2',
    prefix: '172.24.135.0/24',
    ownKey: 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
    source: '10.200.200.11',
  };
  return {
    tunnel,
    address,
    probes: [
      { ...probe, tunnel, hops: 1, outcome: 'expired', by: '10.200.200.2', milliseconds: 11 },
      { ...probe, tunnel, hops: 2 },
      { ...probe, tunnel },
      { ...probe, tunnel, method: 'tcp', port: 80 },
      {
        ...probe,
        tunnel,
        target: 'neighbour',
        address: '172.24.135.1 – 172.24.135.254',
        method: 'udp',
        detail: '0 of 253 addresses answer',
      },
    ],
    findings: [
      finding('relay-not-forwarding', tunnel, way, 'expired'),
      finding('keepalive-missing', tunnel, ['Ali_Server'], '192.168.1.11'),
    ],
  };
}

/** What is found where nothing is wrong. */
export function allIsWell(tunnel: string, address: string | null): Diagnosis {
  const answered = { ...probe, tunnel, outcome: 'answered', by: probe.address, milliseconds: 9 } as const;
  return { tunnel, address, probes: [answered], findings: [] };
}
