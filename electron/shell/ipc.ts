import { ipcMain } from 'electron';
import { faultOf, FaultError } from '../../shared/fault.ts';
import { channels } from '../../shared/contract/ui/wire.ts';
import type { App } from '../backend/app.ts';
import type { MainWindow } from './window.ts';

/** Answers the questions of the window's page, and of no other, and tells it of every change. */
export function serveIpc(backend: App, window: MainWindow): void {
  ipcMain.handle(channels.ask, (event, verb: unknown, params: unknown) => {
    if (!window.isOurPage(event.senderFrame)) return { ok: false, fault: faultOf(stranger) };
    return backend.answer(String(verb), params);
  });
  backend.onChange((change) => window.send(change));
}

const stranger = new FaultError({
  code: 'request-invalid',
  message: 'The question did not come from Adit’s own page.',
  hint: 'Reload the window.',
});
