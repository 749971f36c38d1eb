import { openFourClouds } from '../scenarios/four-clouds.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { DNS_SERVICE } from '../scenarios/cloud.ts';
import type { Host } from '../host.ts';
import type { NameServing } from '../services.ts';
import { networkSnapshot } from '../snapshot.ts';
import { AditClient } from './client.ts';

/** What the cluster's name server alone knows, and what the LAN's alone knows. */
export const clusterName = { name: 'web.default.svc.cluster.local', address: '10.43.0.80' } as const;
export const lanName = { name: 'intranet.corp', address: '192.168.1.20' } as const;

/** The domains of the cluster, as `adit set` takes them. */
export const clusterDomains = 'dnsDomains=cluster.local,43.10.in-addr.arpa';

/** A cluster over four clouds, and a laptop with Adit whose profile "clouds" names the cluster's name server. */
export interface NamesStage extends AsyncDisposable {
  readonly stage: FourClouds;
  readonly laptop: Host;
  readonly adit: AditClient;
}

/**
 * Opens it.
 *
 * @param prepare what is done to the laptop before Adit's helper starts
 * @param serve starts the name servers of LAN and cluster
 */
export async function openNames(
  prepare: (laptop: Host) => Promise<unknown> = () => Promise.resolve(),
  serve?: NameServing,
): Promise<NamesStage> {
  await using opened = new AsyncDisposableStack();
  const stage = opened.use(await openFourClouds(serve));
  const laptop = stage.client;
  await prepare(laptop);
  const adit = opened.use(await AditClient.start(laptop, stage.lab.folder));
  const line = `DNS = ${DNS_SERVICE}, svc.cluster.local`;
  await adit.import(
    'clouds',
    stage.profile.text.replace(/^Address = .*$/m, (address) => `${address}\n${line}`),
  );
  const whole = opened.move();
  return { stage, laptop, adit, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

/** The first address of a name, as every program on a host finds it; null where there is none. */
export async function addressOf(host: Host, name: string): Promise<string | null> {
  const { stdout } = await host.run(['getent', 'ahosts', name], { allowFailure: true, timeoutMs: 30_000 });
  return /^\S+/.exec(stdout)?.[0] ?? null;
}

/** The name of an address, as every program on a host finds it; null where there is none. */
export async function nameOf(host: Host, address: string): Promise<string | null> {
  const { stdout } = await host.run(['getent', 'hosts', address], { allowFailure: true, timeoutMs: 30_000 });
  return /^\S+\s+(\S+)/.exec(stdout)?.[1] ?? null;
}

/** Everything that Adit may change on a host: its network; /etc/resolv.conf as bytes, link and rights; what it keeps for undoing. */
export async function everything(host: Host): Promise<string[]> {
  const script = `
    stat -c 'resolv.conf %F %a %u %g' /etc/resolv.conf || echo no resolv.conf
    readlink /etc/resolv.conf || true
    base64 -w0 /etc/resolv.conf 2>/dev/null || true; echo
    ls -A /etc | grep adit || true
    find /var/lib/adit -mindepth 1`;
  const [network, files] = await Promise.all([networkSnapshot(host), host.shell(script)]);
  return [...network, ...files.stdout.split('\n')];
}

/** Runs `adit recover` on the host itself, as root, where no helper runs. @returns what it undid */
export async function recoverOn(host: Host, adit: AditClient): Promise<string[]> {
  const [node = '', program = ''] = adit.argv();
  const { stdout } = await host.run([node, program, 'recover', '--json'], {
    env: { ADIT_SOCKET: adit.socket, ADIT_HOME: adit.home },
    timeoutMs: 30_000,
  });
  return (JSON.parse(stdout) as { undone: string[] }).undone;
}
