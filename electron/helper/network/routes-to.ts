import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { addressOfEndpoint } from '../endpoints/endpoint.ts';
import { linksOf, routesOf } from './ip-json.ts';
import type { RouteFacts } from './ip-json.ts';

/**
 * The routes that packets with this mark would take to some endpoints now; the default routes where none is given. An endpoint
 * that no route leads to has none in the answer.
 *
 * @param endpoints `IP:PORT` or `[IP]:PORT`
 */
export async function routesTo(
  endpoints: readonly string[],
  mark: number,
  programs: Programs,
): Promise<RouteFacts[]> {
  return routesOf(await answersOfIp(questions(endpoints, mark), programs), 4);
}

/** The route that a packet of a user's would take; null where the kernel does not let it go. @param mark 0 is none */
export async function routeFor(
  address: string,
  mark: number,
  user: number,
  programs: Programs,
): Promise<RouteFacts | null> {
  const question = `route get ${address} mark ${mark} uid ${user}`;
  const [route] = routesOf(await answersOfIp([question], programs), 4);
  return route ?? null;
}

/**
 * By which interface, gateway and source address each endpoint is reached, as text by its address: another text is another way, and an empty
 * one is none. A way by an interface without a carrier is none.
 */
export async function waysTo(
  endpoints: readonly string[],
  mark: number,
  programs: Programs,
): Promise<Map<string, string>> {
  const answers = await answersOfIp([...questions(endpoints, mark), 'link show'], programs);
  const carriers = new Set(
    linksOf(answers).flatMap(({ name, up, carrier }) => (up && carrier ? [name] : [])),
  );
  const ways = new Map(endpoints.map((endpoint) => [canonical(addressOfEndpoint(endpoint)), '']));
  for (const { destination, device, gateway, source } of routesOf(answers, 4)) {
    if (device === null || !carriers.has(device)) continue;
    ways.set(canonical(destination), [device, gateway, source].map((word) => word ?? '').join(' '));
  }
  return ways;
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}

/** The MTU of each of those routes, in bytes: its own, or that of the interface it leaves by. */
export async function mtusOfRoutesTo(
  endpoints: readonly string[],
  mark: number,
  programs: Programs,
): Promise<number[]> {
  const answers = await answersOfIp([...questions(endpoints, mark), 'link show'], programs);
  const links = linksOf(answers);
  return routesOf(answers, 4).flatMap(
    ({ mtu, device }) => mtu ?? links.find(({ name }) => name === device)?.mtu ?? [],
  );
}

function questions(endpoints: readonly string[], mark: number): string[] {
  if (endpoints.length === 0) return ['route show default'];
  return [...new Set(endpoints.map(addressOfEndpoint))].map((address) => `route get ${address} mark ${mark}`);
}

/** What one `ip` answers to several questions; those that it cannot answer are left out. */
async function answersOfIp(lines: readonly string[], programs: Programs): Promise<string> {
  const options = ['-N', '-j', '-force', '-batch', '-'];
  try {
    return (await run(programs.path('ip'), options, { input: `${lines.join('\n')}\n` })).stdout;
  } catch (error) {
    if (error instanceof ProgramError) return error.stdout;
    throw error;
  }
}
