import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { ApiAccess } from './access.ts';
import type { Credentials } from './login.ts';
import { hostOf } from './proxy.ts';
import { connectBy } from './tunnel.ts';

/** Keeps the connections to an API server, for whoever the credentials say. */
export function agentFor(
  { server, tlsServerName, isInsecure, authority, proxy }: ApiAccess,
  { certificate }: Credentials,
  patience: number,
): HttpAgent {
  const pool: AgentOptions = { keepAlive: true, maxSockets: 4 };
  if (server.protocol === 'http:') return new HttpAgent(pool);
  const host = hostOf(server);
  const identity: ConnectionOptions = {
    // TLS has no way to name an address to the server; the certificate is held against it all the same.
    servername: tlsServerName ?? (isIP(host) === 0 ? host : ''),
    rejectUnauthorized: !isInsecure,
    ...(authority === null ? {} : { ca: authority }),
    ...(certificate === null ? {} : { cert: certificate.certificate, key: certificate.key }),
  };
  const options = { ...pool, ...identity };
  if (proxy === null) return new HttpsAgent(options);
  return new ProxiedAgent(options, (done) => {
    connectBy(proxy, server, patience).then(
      (socket) => done(null, connectTls({ ...identity, host, socket })),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  });
}

/** Told of a connection, or why there is none. */
type Done = (error: Error | null, socket?: unknown) => void;

/** An agent whose connections somebody else makes. */
class ProxiedAgent extends HttpsAgent {
  readonly #make: (done: Done) => void;

  constructor(options: AgentOptions, make: (done: Done) => void) {
    super(options);
    this.#make = make;
  }

  /** What Node's own agent calls for each connection; it takes one that comes later by the second argument. */
  override createConnection(_: unknown, done: Done): undefined {
    this.#make(done);
    return undefined;
  }
}
