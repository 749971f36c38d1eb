import { isForwarder } from '../../../shared/names/forwarding.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import { isLoopback } from '../network/name-servers.ts';

/**
 * The name servers that this machine asks without its tunnels: read anew each time, so that another network's are found, and
 * remembered for when none can be found.
 */
export class UplinkServers {
  readonly #read: () => Promise<readonly string[]>;
  #last: readonly string[] = [];

  /** @param read gives the servers that names would go to now without the tunnels, as addresses */
  constructor(read: () => Promise<readonly string[]>) {
    this.#read = read;
  }

  /** Addresses, the first to be asked first. */
  async now(): Promise<readonly string[]> {
    const found = (await this.#read()).filter((server) => !isForwarder(server));
    // A stub on loopback would ask whomever it likes; who stands behind it is known where there is anybody else.
    const real = found.filter((server) => !isStub(server));
    const servers = real.length > 0 ? real : found;
    if (servers.length > 0) this.#last = servers;
    return this.#last;
  }
}

function isStub(server: string): boolean {
  const address = parseAddress(server);
  return address !== null && isLoopback(address);
}
