import { confOfPeers } from '../../../shared/cluster/exported-peers.ts';
import type { PeersConf } from '../../../shared/cluster/exported-peers.ts';
import { FaultError } from '../../../shared/fault.ts';

/** The largest YAML that is read, some thousands of Peers: it takes a hundred times as long as JSON. Characters. */
const yamlLimit = 4 * 1024 * 1024;

/**
 * The configuration in a text of Peer objects, YAML or JSON.
 *
 * @throws FaultError `file-too-large`, `cluster-file-malformed`, `cluster-file-foreign`, `kilo-peer-invalid`
 */
export async function readPeerObjects(text: string): Promise<PeersConf> {
  return confOfPeers(await documentsIn(text));
}

async function documentsIn(text: string): Promise<readonly unknown[]> {
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    // Mostly YAML, which is loaded only then.
  }
  if (text.length > yamlLimit) {
    throw new FaultError({
      code: 'file-too-large',
      message: `It has ${text.length} characters and is no JSON; of YAML no more than ${yamlLimit} are read.`,
      hint: 'Save it as JSON: -o json.',
    });
  }
  const { parseYaml } = await import('../cluster/yaml.ts');
  try {
    return parseYaml(text);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new FaultError({
      code: 'cluster-file-malformed',
      message: `It is neither JSON nor YAML: ${reason.replace(/[.:]$/, '')}.`,
      hint: 'Save it again as it is printed: kgctl showconf node NAME --as-peer -o yaml > peer.yaml',
    });
  }
}
