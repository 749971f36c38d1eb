import { Component } from 'react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Note } from './note.tsx';

interface Caught {
  readonly message: string | null;
}

/** Where a view throws, says so instead of leaving the window blank. */
export class FailureBoundary extends Component<{ readonly children: ReactNode }, Caught> {
  override state: Caught = { message: null };

  static getDerivedStateFromError(error: unknown): Caught {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <main className="failure">
        <Note
          kind="fault"
          isNews
          note={{
            code: 'internal-error',
            message: `The interface failed: ${message}`,
            hint: 'Tunnels are not touched by this. Load the interface again; if it fails again, please report it.',
          }}
        >
          <Button onClick={() => location.reload()}>Load again</Button>
        </Note>
      </main>
    );
  }
}
