import { setTimeout as sleep } from 'node:timers/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../electron/backend/cluster/api/client.ts';
import { readList } from '../../../../electron/backend/cluster/api/list.ts';
import { openApi } from '../../../../electron/backend/cluster/api/open.ts';
import type { Patience } from '../../../../electron/backend/cluster/api/patience.ts';
import { OwnKeys } from '../../../../electron/backend/cluster/own-keys.ts';
import { applyPeer } from '../../../../electron/backend/cluster/peers/apply.ts';
import { readCluster } from '../../../../electron/backend/cluster/api/read-cluster.ts';
import { kubeconfigOption } from '../../../../electron/backend/cluster/kubeconfig/places.ts';
import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { readKinds } from '../../../../shared/cluster/readings.ts';
import { faultOf } from '../../../../shared/fault.ts';
import { temporaryFolder } from '../../machine.ts';
import { kiloNode, now, readingsOf, warned } from '../clusters.ts';
import { alone, clientBy, configOf, folderWith } from './kubeconfigs.ts';
import { absent, json, startOddServer, text } from './odd-server.ts';
import type { Answering } from './odd-server.ts';

const nodesPath = '/api/v1/nodes';
const everything = { kinds: readKinds, required: [] };

/** As an API server writes it, which begins with where the next page is. */
function nodeList(items: readonly unknown[], more = ''): unknown {
  return { kind: 'NodeList', apiVersion: 'v1', metadata: { resourceVersion: '1', continue: more }, items };
}

const silent: Answering = () => undefined;
const html = '<!DOCTYPE html><html><head><title>Sign in</title></head></html>';
const half: Answering = (_, response) => {
  const body = JSON.stringify(nodeList([kiloNode('a', 1)]));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.slice(0, 50), () => response.destroy());
};

/** Packed, and cut off: it says no length, so that only the packing shows that it is not whole. */
const halfPacked: Answering = (_, response) => {
  const packed = gzipSync(JSON.stringify(nodeList([kiloNode('a', 1)])));
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.end(packed.subarray(0, packed.length - 20));
};

const notPacked: Answering = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.end(JSON.stringify(nodeList([])));
};

async function clientOf(
  paths: Readonly<Record<string, Answering>>,
  patience: Patience = { silence: 20_000, answer: 60_000 },
): Promise<ApiClient> {
  const { access } = await clientBy(configOf({ server: await startOddServer(paths) }));
  return new ApiClient(access, patience);
}

async function faultOfNodes(nodes: Answering, patience?: Patience): Promise<[string, string]> {
  const client = await clientOf({ [nodesPath]: nodes }, patience);
  const { code, message } = faultOf(await readList(client, nodesPath, 'the nodes').catch((e: unknown) => e));
  client.close();
  return [code, message];
}

describe('an answer that is none of an API server', () => {
  it.each<[string, RegExp, Answering]>([
    ['api-answer-foreign', /\(200\) with a web page, “Sign in”/, text('text/html', html)],
    ['api-answer-foreign', /\(502\) with a web page/, text('text/html', '<html>Bad gateway</html>', 502)],
    ['api-answer-foreign', /\(403\) with a web page/, text('text/html', html, 403)],
    ['api-answer-foreign', /\(404\) with a web page/, text('text/html', html, 404)],
    ['api-answer-foreign', /with "hello"/, text('application/json', 'hello')],
    ['api-answer-foreign', /was asked for the nodes/, json({ kind: 'NodeList', items: 7 })],
    ['api-answer-foreign', /was asked for the nodes/, json([])],
    ['api-answer-foreign', /no end/, json(nodeList([], 'again'))],
    ['api-answer-broken', /broke off after 50 bytes/, half],
    ['api-answer-broken', /broke off/, halfPacked],
    ['api-answer-broken', /broke off after 0 bytes/, notPacked],
    ['api-answer-broken', /ends too early/, text('application/json', '{"kind":"NodeList","items":[{')],
    ['api-refused', /\(500\): etcd is away\./, json({ kind: 'Status', message: 'etcd is away' }, 500)],
    ['api-unauthorized', /does not know/, json({ kind: 'Status', message: 'Unauthorized' }, 401)],
  ])('is %s, %s', async (code, words, answering) => {
    expect(await faultOfNodes(answering)).toEqual([code, expect.stringMatching(words)]);
  });

  it('is given up where nothing comes, and where it never ends', async () => {
    expect(await faultOfNodes(silent, { silence: 300, answer: 60_000 })).toEqual([
      'api-timeout',
      expect.stringContaining('Nothing came for 0.3 s'),
    ]);
    const drop: Answering = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    };
    expect(await faultOfNodes(drop, { silence: 20_000, answer: 500 })).toEqual([
      'api-timeout',
      expect.stringContaining('more than 0.5 s'),
    ]);
  });
});

describe('a list', () => {
  const pages = (forgets: boolean): Answering => {
    let hasForgotten = false;
    const answerAt = (url: URL): Answering => {
      const place = url.searchParams.get('continue');
      if (place === null) {
        const isPaged = url.searchParams.has('limit');
        return json(
          isPaged ? nodeList([kiloNode('a', 1)], 'p2') : nodeList([kiloNode('a', 1), kiloNode('b', 2)]),
        );
      }
      if (!forgets || hasForgotten) return json(nodeList([kiloNode('b', 2)]));
      hasForgotten = true;
      return json({ kind: 'Status', reason: 'Expired' }, 410);
    };
    return (request, response, url) => answerAt(url)(request, response, url);
  };

  it.each([false, true])('is whole, whether or not (%s) the server forgets where it was', async (forgets) => {
    const client = await clientOf({ [nodesPath]: pages(forgets) });
    const { items } = await readList(client, nodesPath, 'the nodes');
    client.close();
    expect(items?.map((item) => (item as { metadata: { name: string } }).metadata.name)).toEqual(['a', 'b']);
  });

  it('is no list where the page behind one is that page itself, which is seen at once', async () => {
    let asked = 0;
    const again: Answering = (...asking) => {
      asked++;
      json(nodeList([], 'again'))(...asking);
    };
    expect(await faultOfNodes(again)).toEqual(['api-answer-foreign', expect.stringMatching(/no end/)]);
    expect(asked).toBeLessThan(10);
  });

  it('is asked for its next page as soon as one says where that is, and before the rest has come', async () => {
    const [first, second] = [nodeList([kiloNode('a', 1)], 'p2'), nodeList([kiloNode('b', 2)])];
    let finish = (): void => undefined;
    const answering: Answering = (request, response, url) => {
      if (url.searchParams.get('continue') === 'p2') {
        json(second)(request, response, url);
        // Until now only the beginning of the first page is there: whoever waits for its end waits for ever.
        finish();
        return;
      }
      const whole = JSON.stringify(first);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(whole.slice(0, 200));
      finish = () => void response.end(whole.slice(200));
    };
    const client = await clientOf({ [nodesPath]: answering });
    const { items } = await readList(client, nodesPath, 'the nodes');
    client.close();
    expect(items?.map((item) => (item as { metadata: { name: string } }).metadata.name)).toEqual(['a', 'b']);
  });

  it('is asked for again where the server has too much to do', async () => {
    let tries = 0;
    const busy: Answering = (request, response, url) =>
      ++tries < 3
        ? void response.writeHead(429, { 'retry-after': '0' }).end()
        : json(nodeList([]))(request, response, url);
    const client = await clientOf({ [nodesPath]: busy });
    expect((await readList(client, nodesPath, 'the nodes')).items).toEqual([]);
    client.close();
  });
});

describe('a cluster of which not all can be read', () => {
  it('is what could be read, with a warning for each list that could not', async () => {
    const client = await clientOf(
      {
        [nodesPath]: json(nodeList([kiloNode('a', 1)])),
        '/api/v1/services': text('text/html', html),
        '/apis/kilo.squat.ai/v1alpha1/peers': half,
        '/apis/cilium.io/v2/ciliumnodes': silent,
      },
      { silence: 300, answer: 60_000 },
    );
    const readings = await readCluster(client, everything);
    client.close();
    expect(readings.date).toBeGreaterThan(1_700_000_000);
    const cluster = clusterOf(readings);
    expect(cluster.nodes.map(({ name }) => name)).toEqual(['a']);
    expect(warned(cluster).filter((words) => words.startsWith('list-refused'))).toHaveLength(3);
    expect(readings.kinds).toMatchObject({
      serviceCidrs: { kind: 'absent' },
      pods: { kind: 'absent' },
      ciliumNodes: { kind: 'refused' },
    });
  });

  it('is a fault where a list that is needed is missing, or all are', async () => {
    const faultBy = async (
      paths: Readonly<Record<string, Answering>>,
      ...required: 'nodes'[]
    ): Promise<string> => {
      const client = await clientOf(paths);
      const fault = faultOf(await readCluster(client, { ...everything, required }).catch((e: unknown) => e));
      client.close();
      return fault.code;
    };
    const forbidden = json({ kind: 'Status', message: 'no' }, 403);
    expect(await faultBy({ [nodesPath]: forbidden }, 'nodes')).toBe('api-forbidden');
    expect(await faultBy({ '*': text('text/html', html) })).toBe('api-answer-foreign');
  });

  it('is asked for nothing more where the first list is needed and does not come', async () => {
    const asked: string[] = [];
    const noting: Answering = (request, response, url) => {
      asked.push(url.pathname);
      silent(request, response, url);
    };
    const client = await clientOf({ '*': noting }, { silence: 300, answer: 60_000 });
    const fault = faultOf(
      await readCluster(client, { ...everything, required: ['nodes'] }).catch((error: unknown) => error),
    );
    client.close();
    expect(fault.code).toBe('api-timeout');
    await sleep(200);
    expect(asked).toEqual([nodesPath]);
  });

  it('is asked for nothing by a client that is closed, which waits for nothing either', async () => {
    const asked: string[] = [];
    const noting: Answering = (request, response, url) => {
      asked.push(url.pathname);
      silent(request, response, url);
    };
    const client = await clientOf({ '*': noting });
    const reading = readCluster(client, { ...everything, required: ['nodes'] }).catch(
      (error: unknown) => error,
    );
    await expect.poll(() => asked).toEqual([nodesPath]);
    client.close();
    expect(faultOf(await reading).code).toMatch(/^api-/);
    const late = await client.ask({ method: 'GET', path: '/late' }).catch((error: unknown) => error);
    expect(faultOf(late)).toMatchObject({ code: 'api-answer-broken' });
    await sleep(200);
    expect(asked).toEqual([nodesPath]);
  });

  it('that breaks off when a Peer is made may have made it, and who made it is told which', async () => {
    const home = temporaryFolder();
    const peersPath = '/apis/kilo.squat.ai/v1alpha1/peers';
    const client = await clientOf({ [peersPath]: (request) => void request.socket.destroy() });
    const made: string[] = [];
    const none = { addresses: [], pools: [], avoid: [], endpoint: null, keepalive: null };
    const cluster = clusterOf(readingsOf({ nodes: [kiloNode('a', 1)], peers: [] }, { date: now }));
    const wish = { ...none, name: 'laptop', usualName: 'laptop' };
    const keys = new OwnKeys(home);
    const fault = faultOf(
      await applyPeer(client, cluster, wish, keys, ({ name, publicKey }) => made.push(name, publicKey)).catch(
        (error: unknown) => error,
      ),
    );
    client.close();
    expect(fault.code).toBe('api-on-loopback');
    expect(made[0]).toBe('laptop');
    expect(await keys.has(made[1] ?? null)).toBe(true);
  });

  it('tells of its Services by refusing one, only where it has no ServiceCIDRs', async () => {
    const asked: string[] = [];
    const service: Answering = (request, response, url) => {
      asked.push(`${request.method ?? ''} ${url.search}`);
      const message = 'spec.clusterIPs: Invalid value: the range of valid IPs is 10.77.0.0/16';
      json({ kind: 'Status', message }, 422)(request, response, url);
    };
    const cidrsWith = async (serviceCidrs: Answering): Promise<unknown> => {
      const client = await clientOf({
        [nodesPath]: json(nodeList([])),
        '/apis/networking.k8s.io/v1/servicecidrs': serviceCidrs,
        '/api/v1/namespaces/default/services': service,
      });
      const { serviceRefusal } = await readCluster(client, everything);
      client.close();
      return serviceRefusal;
    };
    expect(await cidrsWith(json({ kind: 'Status', message: 'no' }, 403))).toBeNull();
    expect(asked).toEqual([]);
    expect(await cidrsWith(absent)).toContain('10.77.0.0/16');
    expect(asked).toEqual(['POST ?dryRun=All']);
  });
});

describe('a server that is this machine itself', () => {
  it('is named with its cure where nothing answers', async () => {
    const client = await clientBy(
      configOf({ server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true }),
    );
    expect(faultOf(await readCluster(client, everything).catch((e: unknown) => e))).toMatchObject({
      code: 'api-on-loopback',
      command: expect.stringMatching(
        /^kubectl --kubeconfig \/\S+\/config config set-cluster c --server=https:\/\/ADDRESS:1 --tls-server-name=kubernetes$/,
      ) as unknown,
    });
  });

  it('is named with its cure where it does not know the user', async () => {
    const client = await clientOf({ [nodesPath]: json({ kind: 'Status', message: 'Unauthorized' }, 401) });
    const fault = faultOf(await readList(client, nodesPath, 'the nodes').catch((e: unknown) => e));
    client.close();
    expect(fault).toMatchObject({
      code: 'api-unauthorized',
      command: expect.stringMatching(
        /^kubectl --kubeconfig \/\S+\/config --context here auth whoami$/,
      ) as unknown,
    });
    expect(fault.hint).toMatch(
      /copied from a server.* kubectl --kubeconfig \/\S+\/config config set-cluster c --server=https:\/\/ADDRESS:\d+ /,
    );
  });
});

describe('the kubeconfig in lines for kubectl', () => {
  const usual = join(homedir(), '.kube', 'config');

  it('is named but for the one that kubectl takes by itself', () => {
    expect(kubeconfigOption(usual, {})).toBe('');
    expect(kubeconfigOption(usual, { KUBECONFIG: usual })).toBe('');
    expect(kubeconfigOption(usual, { KUBECONFIG: '/srv/other' })).toBe(` --kubeconfig ${usual}`);
    expect(kubeconfigOption('/srv/k3s.yaml', {})).toBe(' --kubeconfig /srv/k3s.yaml');
    expect(kubeconfigOption('/srv/my $(k3s).yaml', {})).toBe(" --kubeconfig '/srv/my $(k3s).yaml'");
  });

  it('is named where a cluster has no server', async () => {
    expect(faultOf(await clientBy(configOf({})).catch((e: unknown) => e)).hint).toMatch(
      /: kubectl --kubeconfig \/\S+\/config config set-cluster c --server=/,
    );
  });

  it('is not one of several that a context is spread over', async () => {
    const { clusters, users, contexts } = configOf({ server: 'https://127.0.0.1:1' }) as Record<
      string,
      unknown
    >;
    const folder = folderWith({ clusters: { clusters }, rest: { users, contexts } });
    const [first, second] = [join(folder, 'clusters'), join(folder, 'rest')];
    const { access } = await openApi(
      { kubeconfig: null, context: 'here' },
      { ...alone, environment: { KUBECONFIG: `${first}:${second}` } },
    );
    expect(access.kubectl).toBe('kubectl --context here');
    expect(access.kubectlForCluster).toBe(`kubectl --kubeconfig ${first}`);
  });
});
