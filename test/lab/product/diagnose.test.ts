import { expect, test } from 'vitest';
import { openSiteToLan } from '../scenarios/site-to-lan.ts';
import type { SiteToLan } from '../scenarios/site-to-lan.ts';
import { describeInLab } from '../testing.ts';
import type { AditClient } from './client.ts';
import { commandsOf, diagnose, diagnosed, patient } from './told.ts';

const colleague = '172.24.135.45';

async function inOffice(
  breakIt: (stage: SiteToLan) => Promise<unknown>,
  work: (adit: AditClient, stage: SiteToLan) => Promise<void>,
  change?: (text: string) => string,
): Promise<void> {
  await using stage = await openSiteToLan();
  await breakIt(stage);
  await diagnosed(stage, (adit) => work(adit, stage), change);
}

const nothingBroken = (): Promise<void> => Promise.resolve();

describeInLab('a diagnosis of the way to an office', () => {
  test(
    'finds nothing where nothing is wrong, and names relay, gateway and host by their hops',
    patient,
    async () => {
      await inOffice(nothingBroken, async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told).toMatchObject({ tunnel: 'office', address: colleague, wrong: [], code: 0 });
        const way = told.probes.filter(({ hops }) => hops !== null && hops > 0);
        expect(way.slice(-3).map(({ outcome, by }) => [outcome, by])).toEqual([
          ['expired', '10.200.200.2'],
          ['expired', '10.200.200.47'],
          ['answered', colleague],
        ]);
        expect((await diagnose(adit, 'office')).wrong).toEqual([]);
        expect((await diagnose(adit)).wrong).toEqual([]);
      });
    },
  );

  test('tells a relay that does not forward at all', patient, async () => {
    await inOffice(
      ({ relay }) => relay.shell('echo 0 >/proc/sys/net/ipv4/ip_forward'),
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['relay-not-forwarding']);
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^relay: sysctl net.ipv4.ip_forward/));
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^relay: iptables -vnL FORWARD/));
        // By the relay's own address it is seen that it is there.
        expect(told.findings[0]?.message).toContain('10.200.200.2');
      },
    );
  });

  test('tells a relay whose firewall drops what it forwards, and that it does forward', patient, async () => {
    await inOffice(
      ({ relay }) => relay.run(['nft', 'flush', 'chain', 'ip', 'filter', 'FORWARD']),
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['relay-not-forwarding']);
        expect(told.findings[0]?.hint).toContain('ip_forward = 1');
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^relay: iptables -vnL FORWARD/));
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^relay: sysctl net.ipv4.ip_forward/));
      },
    );
  });

  test('tells a relay whose peers do not hold the address', patient, async () => {
    await inOffice(
      async ({ relay, server }) => {
        const key = (await server.run(['wg', 'show', 'wg0', 'public-key'])).stdout.trim();
        await relay.run(['wg', 'set', 'wg0', 'peer', key, 'allowed-ips', '10.200.200.47/32']);
      },
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['relay-no-route']);
        expect(told.findings[0]?.message).toContain('10.200.200.47');
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^relay: wg show all allowed-ips/));
      },
    );
  });

  test('tells a relay that has no route to the address', patient, async () => {
    await inOffice(
      ({ relay }) => relay.ip('route del 172.24.135.0/24'),
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['relay-no-route']);
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^relay: ip route get 172.24.135.45/));
      },
    );
  });

  test('tells a relay without any other route either, which says so itself', patient, async () => {
    await inOffice(
      ({ relay }) => relay.ip('route del 172.24.135.0/24', 'route del default'),
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['relay-no-route']);
        expect(told.findings[0]?.message).toContain('10.200.200.2 says');
      },
    );
  });

  test('tells a gateway that does not forward', patient, async () => {
    await inOffice(
      ({ server }) => server.shell('echo 0 >/proc/sys/net/ipv4/ip_forward'),
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['gateway-not-forwarding']);
        expect(told.findings[0]?.message).toContain('172.24.135.46');
        expect(commandsOf(told)).toContainEqual(
          expect.stringMatching(/^gateway: sysctl net.ipv4.ip_forward/),
        );
      },
    );
  });

  test('tells a gateway without masquerade', patient, async () => {
    await inOffice(
      ({ server }) => server.run(['nft', 'flush', 'chain', 'ip', 'nat', 'POSTROUTING']),
      async (adit) => {
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['gateway-no-way-back']);
        expect(told.findings[0]?.hint).toContain('masquerade');
        expect(commandsOf(told)).toContainEqual(expect.stringMatching(/^gateway: .*POSTROUTING/));
      },
    );
  });

  test('tells a host that is off, whose gateway looks for it in vain', patient, async () => {
    await inOffice(nothingBroken, async (adit) => {
      for (const address of ['172.24.135.99', '172.24.135.99:80']) {
        const told = await diagnose(adit, 'office', address);
        expect(told.wrong, address).toEqual(['address-not-there']);
      }
    });
  });

  test('tells a host that is there and does not answer', patient, async () => {
    await inOffice(
      ({ colleague: host }) =>
        host.run(['nft', '-f', '-'], {
          input: 'table ip quiet { chain in { type filter hook input priority 0; policy drop; }; }',
        }),
      async (adit) => {
        // The office's router is behind the same gateway, and answers.
        const told = await diagnose(adit, 'office', colleague);
        expect(told.wrong).toEqual(['address-silent']);
        expect(told.findings[0]?.message).toContain('172.24.135.254');
      },
    );
  });

  test('tells a port that nobody listens on from one that is open', patient, async () => {
    await inOffice(nothingBroken, async (adit) => {
      expect((await diagnose(adit, 'office', `${colleague}:80`)).wrong).toEqual([]);
      expect((await diagnose(adit, 'office', `${colleague}:81`)).wrong).toEqual(['port-refused']);
    });
  });
});
