import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { pickBridge } from './bridge/pick.ts';
import { FailureBoundary } from './components/failure-boundary.tsx';
import { AditContext } from './store-context.ts';
import { createAdit } from './store.ts';
import './styles/tokens.css';
import './styles/base.css';

const store = createAdit(pickBridge(window));
store.getState().start();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <FailureBoundary>
        <AditContext value={store}>
          <App />
        </AditContext>
      </FailureBoundary>
    </StrictMode>,
  );
}
