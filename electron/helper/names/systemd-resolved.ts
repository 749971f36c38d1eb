import { FaultError } from '../../../shared/fault.ts';
import type { LinkNames } from '../../../shared/names/desired.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import type { PerLinkBackend } from './backend.ts';

/**
 * systemd-resolved, told by `resolvectl` what each of our interfaces answers. What it was told goes with the interface, so there is
 * nothing to write down. Never by its `resolvconf`, which with `-x` sends all names to the tunnel, whatever its domains.
 *
 * @see resolvectl(1); systemd src/resolve/resolvconf-compat.c
 */
export class SystemdResolved implements PerLinkBackend {
  readonly kind = 'systemd-resolved';
  readonly shape = 'per-link';
  readonly #programs: Programs;
  /** What each interface was told, and what it said it knew then, as texts. */
  readonly #told = new Map<string, { readonly wanted: string; readonly known: string }>();

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  async apply(links: readonly LinkNames[]): Promise<void> {
    const wanted = new Map(links.map((link) => [link.interface, link]));
    for (const device of [...this.#told.keys()]) {
      if (!wanted.has(device)) await this.#revert(device);
    }
    for (const link of links) {
      const { interface: device, servers } = link;
      const wanted = JSON.stringify(link);
      const told = this.#told.get(device);
      if (told?.wanted === wanted && told.known === (await this.#read(device))) continue;
      const takesAll = link.scope.kind === 'all';
      try {
        // The domains first: for a moment with servers and no domains, it would be asked for every name.
        await this.#resolvectl('domain', device, ...domainWords(link));
        await this.#resolvectl('default-route', device, takesAll ? 'yes' : 'no');
        await this.#resolvectl('dns', device, ...servers);
      } catch (error) {
        await this.#revert(device);
        throw refusal(device, error);
      }
      this.#told.set(device, { wanted, known: await this.#read(device) });
    }
  }

  async release(): Promise<string[]> {
    const devices = [...this.#told.keys()];
    for (const device of devices) await this.#revert(device);
    return devices.map((device) => `name servers of ${device} in systemd-resolved`);
  }

  async stands(): Promise<boolean> {
    for (const [device, { known }] of this.#told) {
      if ((await this.#read(device)) !== known) return false;
    }
    return true;
  }

  /** What it knows of an interface, in its own words. */
  async #read(device: string): Promise<string> {
    const answers = await Promise.all(
      ['dns', 'domain', 'default-route'].map((what) =>
        this.#resolvectl(what, device).catch(() => 'no answer'),
      ),
    );
    return answers.join('\n');
  }

  /** An interface that is gone has taken its servers along. */
  async #revert(device: string): Promise<void> {
    this.#told.delete(device);
    await this.#resolvectl('revert', device).catch(() => undefined);
  }

  async #resolvectl(verb: string, ...words: string[]): Promise<string> {
    // Behind the dashes no word is an option, whatever it looks like.
    return (await run(this.#programs.path('resolvectl'), ['--', verb, ...words])).stdout.trim();
  }
}

/** `~` marks a domain that is routed and not searched. A domain in both roles is named once, as searched, which routes it too. */
function domainWords({ scope, searchDomains }: LinkNames): string[] {
  const routed =
    scope.kind === 'all' ? ['.'] : scope.domains.filter((domain) => !searchDomains.includes(domain));
  return [...searchDomains, ...routed.map((domain) => `~${domain}`)];
}

function refusal(device: string, error: unknown): unknown {
  if (!(error instanceof ProgramError)) return error;
  return new FaultError({
    code: 'names-refused',
    message: `systemd-resolved did not take the name servers of ${device}: ${error.message}`,
    hint: 'See "resolvectl status" and "journalctl -u systemd-resolved".',
  });
}
