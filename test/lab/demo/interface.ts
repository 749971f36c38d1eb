import type { AditClient } from '../product/client.ts';
import { Running } from '../running.ts';

/** The interface of the demo, wherever it is shown. */
export interface OpenedInterface {
  /** The address that opens it once. */
  readonly url: string;
  /** What to tell the person. */
  readonly words: string;
  close(): Promise<void>;
}

/** Shows the interface: served to a browser, with the address to open. */
export async function openInterface(adit: AditClient): Promise<OpenedInterface> {
  const argv = adit.argv('serve', '--json');
  const server = new Running('adit serve', argv, argv, { env: adit.environment });
  const { url } = JSON.parse(await server.line(/"url"/)) as { url: string };
  return {
    url,
    words: `The interface, for one browser: ${url}`,
    close: async () => {
      await server.stop();
    },
  };
}
