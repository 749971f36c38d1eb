import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Adit, buildIfMissing } from '../../cli/adit.ts';
import { KubeCluster } from './cluster.ts';
import { kubePrograms } from './programs.ts';

const programs = await kubePrograms();

/** More than one answer has. */
const manyPods = 620;

interface Inspected {
  readonly nodes: readonly { readonly name: string; readonly podCidrs: readonly string[] }[];
  readonly mtu: unknown;
  readonly warnings: readonly { readonly code: string; readonly object: string }[];
}

describe.skipIf(typeof programs === 'string')(
  `a real API server of a cluster without Pod CIDRs${typeof programs === 'string' ? ` [skipped: ${programs}]` : ''}`,
  { timeout: 180_000 },
  () => {
    let cluster: KubeCluster;

    beforeAll(async () => {
      if (typeof programs === 'string') return;
      buildIfMissing();
      cluster = await KubeCluster.start(programs);
      for (const [index, name] of ['a', 'b'].entries()) {
        await cluster.write('POST', '/api/v1/nodes', {
          metadata: { name },
          spec: { providerID: `azure:///subscriptions/x/${name}` },
        });
        const addresses = [{ type: 'InternalIP', address: `10.240.0.${4 + index}` }];
        await cluster.write('PATCH', `/api/v1/nodes/${name}/status`, { status: { addresses } });
      }
      await Promise.all(
        Array.from({ length: 20 }, async (_, worker) => {
          for (let index = worker; index < manyPods; index += 20) await addPod(index);
        }),
      );
    }, 180_000);

    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
    });

    /** A Pod, in turn on one node and the other, as its kubelet has it: the first 310 addresses are one node's. */
    async function addPod(index: number): Promise<void> {
      const name = `pod-${index}`;
      const pods = '/api/v1/namespaces/default/pods';
      const isEnded = index === 7;
      const at = (index < manyPods / 2 ? 0x0100 : 0x0400) + index;
      const address = `10.240.${at >>> 8}.${at & 255}`;
      await cluster.write('POST', pods, {
        metadata: { name },
        spec: {
          nodeName: index < manyPods / 2 ? 'a' : 'b',
          containers: [{ name: 'main', image: 'none' }],
        },
      });
      await cluster.write('PATCH', `${pods}/${name}/status`, {
        status: { phase: isEnded ? 'Succeeded' : 'Running', podIP: address, podIPs: [{ ip: address }] },
      });
    }

    it('has routes to the Pods that run, all pages of them, and is told so', async () => {
      const kubeconfig = join(cluster.folder, 'pods-config');
      writeFileSync(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
      const words = ['cluster', 'inspect', '--kubeconfig', kubeconfig];
      const found = (await new Adit().json(...words)) as Inspected;
      const [a, b] = found.nodes.map(({ podCidrs }) => podCidrs);
      // 10.240.1.0 to 10.240.2.53 without the one that has ended, and 10.240.5.54 to 10.240.6.107.
      expect(a).toEqual([
        '10.240.1.0/30',
        '10.240.1.4/31',
        '10.240.1.6/32',
        '10.240.1.8/29',
        '10.240.1.16/28',
        '10.240.1.32/27',
        '10.240.1.64/26',
        '10.240.1.128/25',
        '10.240.2.0/27',
        '10.240.2.32/28',
        '10.240.2.48/30',
        '10.240.2.52/31',
      ]);
      expect(b?.at(0)).toBe('10.240.5.54/31');
      expect(b?.length).toBeLessThanOrEqual(16);
      expect(found.mtu).toEqual({ bytes: null, path: 1400, guessed: true });
      expect(
        found.warnings
          .filter(({ code }) => code.startsWith('pod-cidr'))
          .map(({ code, object }) => [code, object]),
      ).toEqual([
        ['pod-cidr-from-pods', 'node/a'],
        ['pod-cidr-from-pods', 'node/b'],
      ]);
    });
  },
);
