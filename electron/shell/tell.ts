import { dialog } from 'electron';
import type { Fault } from '../../shared/fault.ts';

/**
 * Tells the person of a fault in a dialog of its own. A question of the fault, such as whether to leave scripts out, is
 * answered in the window: gives whether the person wants to see that.
 */
export async function tellOf({ message, hint }: Fault): Promise<{ wantsWindow: boolean }> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Adit',
    message,
    detail: hint,
    buttons: ['Close', 'Show Adit'],
    defaultId: 0,
    cancelId: 0,
  });
  return { wantsWindow: response === 1 };
}
