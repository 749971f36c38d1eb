import { join } from 'node:path';
import { App } from '../../backend/app.ts';
import { serveInBrowser } from '../../browser/host.ts';
import { valueOf } from '../command.ts';
import type { Command, Given } from '../command.ts';
import { wrongUsage } from '../parse.ts';

/** `adit serve` */
export const serve: Command = {
  name: 'serve',
  operands: '',
  arity: { least: 0, most: 0 },
  summary: 'Show the interface in a browser, over loopback',
  details: ['Prints an address that opens once, and serves it until Ctrl-C. The tunnels stay when it ends.'],
  options: {
    port: { kind: 'value', placeholder: 'N', summary: 'The port to serve on (default: any that is free)' },
  },
  async run({ places, given, say, onInterrupt }) {
    const app = new App(places);
    const host = await serveInBrowser(app, join(__dirname, 'renderer'), portIn(given));
    try {
      await app.start();
      say({ json: { url: host.url }, text: `Open ${host.url}\nCtrl-C ends it; the tunnels stay.` });
      await new Promise<void>((resolve) => onInterrupt(resolve));
    } finally {
      host.close();
      app.stop();
    }
    return null;
  },
};

function portIn(given: Given): number {
  const text = valueOf(given, 'port') ?? '0';
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw wrongUsage(serve, `--port takes a number up to 65535, not ${JSON.stringify(text)}.`);
}
