import { finding } from '../../../shared/diagnosis/catalogue.ts';
import type { Diagnosis } from '../../../shared/diagnosis/diagnosis.ts';
import type { NamedWay } from '../../../shared/diagnosis/words/way.ts';
import { colleague, probe, relayAddress } from '../../unit/diagnosis/facts.ts';

/** What is found of seed 000's relay when its firewall drops what it forwards, in the words of the product. */
export function relayDoesNotForward(tunnel: string, address: string | null): Diagnosis {
  const way: NamedWay = {
    tunnel,
    address: address ?? colleague,
    family: 4,
    peer: 'Ali_Server',
    publicKey: 'HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=',
    peerAddress: relayAddress,
    prefix: '172.24.135.0/24',
    ownKey: 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
    source: '10.200.200.11',
  };
  return {
    tunnel,
    address,
    probes: [
      probe({ hops: 1, outcome: 'expired', by: relayAddress, milliseconds: 11 }),
      probe({ hops: 2 }),
      probe(),
      probe({ method: 'tcp', port: 80 }),
      probe({
        target: 'neighbour',
        address: '172.24.135.1 – 172.24.135.254',
        method: 'udp',
        detail: '0 of 253 addresses answer',
      }),
    ].map((each) => ({ ...each, tunnel })),
    findings: [
      finding('relay-not-forwarding', tunnel, way, 'expired'),
      finding('keepalive-missing', tunnel, ['Ali_Server'], '192.168.1.11'),
    ],
  };
}

/** What is found where nothing is wrong. */
export function allIsWell(tunnel: string, address: string | null): Diagnosis {
  const answered = probe({ outcome: 'answered', by: colleague, milliseconds: 9 });
  return { tunnel, address, probes: [{ ...answered, tunnel }], findings: [] };
}
