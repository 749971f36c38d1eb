import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';

/** The lists of a cluster, as an API server answers for them. */
export interface Lists {
  readonly nodes: readonly unknown[];
  readonly peers: readonly unknown[];
}

/**
 * Answers what kgctl reads, on loopback: lists, watches that say nothing, and that Kilo's definition is there. A cluster for each
 * first part of the path. It is here to ask kgctl with, and no test of Adit reads from it.
 */
export async function startStandIn(
  listsOf: (cluster: string) => Lists,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, cluster = '', ...rest] = pathname.split('/');
    const path = rest.join('/');
    if (searchParams.get('watch') !== null && searchParams.get('watch') !== 'false') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
    } else if (path === 'api/v1/nodes') {
      answer(response, list('v1', 'NodeList', listsOf(cluster).nodes));
    } else if (path === 'apis/kilo.squat.ai/v1alpha1/peers') {
      answer(response, list('kilo.squat.ai/v1alpha1', 'PeerList', listsOf(cluster).peers));
    } else if (path.startsWith('apis/apiextensions.k8s.io/v1/customresourcedefinitions/')) {
      answer(response, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'peers.kilo.squat.ai' },
      });
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

function list(apiVersion: string, kind: string, items: readonly unknown[]): unknown {
  return { apiVersion, kind, metadata: { resourceVersion: '1' }, items };
}

function answer(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
