import { app, Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { Fault } from '../../shared/fault.ts';
import type { StartAtLogin } from './autostart.ts';

/**
 * The program's own menu in place of Electron's, which leads to web pages and, when packaged, to the developer tools. It has the
 * switch that the tray has too: not every desktop shows a tray.
 */
export function showApplicationMenu(startAtLogin: StartAtLogin | null, tell: (fault: Fault) => void): void {
  const show = (): void => Menu.setApplicationMenu(Menu.buildFromTemplate(templateWith(startAtLogin, tell)));
  show();
  startAtLogin?.onChange(show);
}

function templateWith(
  startAtLogin: StartAtLogin | null,
  tell: (fault: Fault) => void,
): MenuItemConstructorOptions[] {
  const start: MenuItemConstructorOptions[] =
    startAtLogin === null
      ? []
      : [
          {
            type: 'checkbox',
            label: 'Start at login',
            checked: startAtLogin.isOn,
            click: ({ checked }) => {
              const fault = startAtLogin.set(checked);
              if (fault !== null) tell(fault);
            },
          },
          { type: 'separator' },
        ];
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ type: 'separator' }, { role: 'toggleDevTools' }];
  return [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { label: '&File', submenu: [...start, { role: 'close' }, { role: 'quit' }] },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...developer,
      ],
    },
  ];
}
