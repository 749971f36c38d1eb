import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf, lookUpBySystem } from './system-lookup.ts';
import { mostAddresses, mostServers } from './wire.ts';
import type { Lookup, LookupFailure, Question } from './wire.ts';

/** Milliseconds after which a server is asked again for the first time; each time it is more. */
const patience = 800;

/** Questions to one server before it is given up. */
const tries = 4;

/** Milliseconds that the addresses of one family wait for those of the other. RFC 8305, section 3, and a slow network's round trip. */
const familyDelay = 250;

/** Milliseconds that other servers have to contradict one that says that there is no such name. */
const contradictionTime = 1_000;

/**
 * Looks up a name: asks all servers for both families at the same time, and takes the first answer that has an address. What only the
 * machine itself can know (a name without a dot, one of mDNS's, one that no server knows) the system is asked for.
 */
export async function lookUp({ name, servers, deadline }: Omit<Question, 'id'>): Promise<Lookup> {
  const limit = sleep(deadline, none('no-answer'), { ref: false });
  if (servers.length === 0 || isLocal(name)) return Promise.race([lookUpBySystem(name), limit]);
  const outcome = await Promise.race([askServers(name, servers.slice(0, mostServers)), limit]);
  if (outcome.kind === 'found' || outcome.reason === 'no-answer') return outcome;
  const local = await Promise.race([lookUpBySystem(name), limit]);
  return local.kind === 'found' ? local : outcome;
}

/** @see RFC 6762 section 3: names that end in `.local` are mDNS's */
function isLocal(name: string): boolean {
  const bare = name.toLowerCase().replace(/\.$/, '');
  return !bare.includes('.') || bare.endsWith('.local') || bare === 'localhost';
}

/** The first server's answer that has an address; else what the servers agree about. */
function askServers(name: string, servers: readonly string[]): Promise<Lookup> {
  return new Promise((resolve) => {
    const reasons: LookupFailure[] = [];
    const resolvers: Resolver[] = [];
    const decide = (outcome: Lookup): void => {
      for (const resolver of resolvers) resolver.cancel();
      resolve(outcome);
    };
    const giveUp = (): void => decide(none(reasons.find((reason) => reason !== 'no-answer') ?? 'no-answer'));
    for (const server of servers) {
      const resolver = new Resolver({ timeout: patience, tries });
      resolvers.push(resolver);
      void askServer(resolver, server, name).then((outcome) => {
        if (outcome.kind === 'none') reasons.push(outcome.reason);
        if (outcome.kind === 'found') decide(outcome);
        else if (reasons.length === servers.length) giveUp();
        else if (outcome.reason !== 'no-answer') setTimeout(giveUp, contradictionTime).unref();
      });
    }
  });
}

async function askServer(resolver: Resolver, server: string, name: string): Promise<Lookup> {
  const found: Record<4 | 6, string[]> = { 4: [], 6: [] };
  const reasons: LookupFailure[] = [];
  const ask = async (family: 4 | 6): Promise<void> => {
    try {
      found[family] = await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
    } catch (error) {
      reasons.push(failureOf(error));
    }
  };
  try {
    resolver.setServers([isIPv6(server) ? `[${server}]` : server]);
  } catch {
    return none('no-answer');
  }
  const both = [ask(4), ask(6)];
  const one = Promise.race(
    both.map(async (asked) => {
      await asked;
      // A family without an address says nothing about the other.
      if (found[4].length + found[6].length === 0) await Promise.all(both);
      else await sleep(familyDelay, undefined, { ref: false });
    }),
  );
  await Promise.race([Promise.all(both), one]);
  return lookupOf([...found[6], ...found[4]], reasons);
}

/** An address that means "none" is none: so filters answer what they do not want to be reached. */
function lookupOf(addresses: readonly string[], reasons: readonly LookupFailure[]): Lookup {
  const usable = [...new Set(addresses)].filter((address) => address !== '0.0.0.0' && address !== '::');
  if (usable.length > 0) return { kind: 'found', addresses: usable.slice(0, mostAddresses) };
  const telling = reasons.find((reason) => reason !== 'no-address');
  return none(addresses.length > 0 ? 'no-address' : (telling ?? 'no-address'));
}

function none(reason: LookupFailure): Lookup {
  return { kind: 'none', reason };
}
