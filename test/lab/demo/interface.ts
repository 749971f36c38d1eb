import type { AditClient } from '../product/client.ts';
import { Running } from '../running.ts';
import { DesktopWindow } from './window.ts';
import type { WindowChoice } from './window.ts';

/** The interface of the demo, wherever it is shown. */
export interface OpenedInterface {
  /** What to tell the person. */
  readonly words: string;
  /** Settles when it has ended by itself. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** Shows the interface in a window where there can be one, else to a browser, and says why. */
export async function openInterface(adit: AditClient, choice: WindowChoice): Promise<OpenedInterface> {
  if (choice.kind === 'none') return serveInterface(adit, choice.reason);
  const { name, uid } = choice.person;
  try {
    const window = await DesktopWindow.open(adit, choice, process.env);
    return {
      words: `The interface is open in a window of ${name ?? `user ${uid}`}. To quit it is to end the demo.`,
      ended: window.ended,
      close: () => window.close(),
    };
  } catch (error) {
    return serveInterface(adit, `Electron did not open one: ${(error as Error).message}`);
  }
}

/** Serves the interface to a browser. @param reason why there is no window, in half a line */
export async function serveInterface(
  adit: AditClient,
  reason?: string,
): Promise<OpenedInterface & { readonly url: string }> {
  const argv = adit.argv('serve', '--json');
  const server = new Running('adit serve', argv, argv, { env: adit.environment });
  const { url } = JSON.parse(await server.line(/"url"/)) as { url: string };
  return {
    url,
    words: `The interface, for one browser: ${url}${reason === undefined ? '' : `\n(no window: ${reason})`}`,
    ended: server.exited,
    close: async () => {
      await server.stop();
    },
  };
}
