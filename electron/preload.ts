/** Gives the page its bridge, and nothing else: verbs of the contract go out, changes come in. */
import { contextBridge, ipcRenderer } from 'electron';
import type { IpcRendererEvent } from 'electron';
import type { UiBridge, UiChange } from '../shared/contract/ui/verbs.ts';
import { bridgeGlobal, channels } from '../shared/contract/ui/wire.ts';

const bridge: UiBridge = {
  ask: (verb, params) => ipcRenderer.invoke(channels.ask, verb, params),
  onChange: (listener) => {
    const receive = (_event: IpcRendererEvent, change: UiChange): void => listener(change);
    ipcRenderer.on(channels.change, receive);
    return () => {
      // Its result is ipcRenderer itself, which older Electrons hand to the page with all it can do.
      ipcRenderer.off(channels.change, receive);
    };
  },
  // The app process and its window live and end together.
  onConnection: () => () => undefined,
};

contextBridge.exposeInMainWorld(bridgeGlobal, bridge);
