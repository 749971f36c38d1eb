import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useAdit } from '../../store-context.ts';
import { droppedFiles } from './dropped-files.ts';
import './import.css';

/** The window as a place to drop files on, with all that is in it. */
export function DropArea({ children }: { readonly children: ReactNode }): ReactNode {
  const importFiles = useAdit((adit) => adit.importFiles);
  const [isOver, setIsOver] = useState(false);

  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!bringsFiles(event)) return;
      // Without this the browser would open the file in place of the page.
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent): void => {
      // Every element on the way is left too; the window is left for nowhere.
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      const { dataTransfer } = event;
      if (dataTransfer !== null) void droppedFiles(dataTransfer).then(importFiles);
    };
    window.addEventListener('dragenter', over);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', over);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [importFiles]);

  return (
    <div className="app">
      {children}
      {isOver ? (
        <div className="drop-veil" aria-hidden="true">
          <p>Drop .conf, .zip or QR code files to import them</p>
        </div>
      ) : null}
    </div>
  );
}

function bringsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
