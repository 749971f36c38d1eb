import type { ReactNode } from 'react';
import { Brand } from '../../components/brand.tsx';
import { ImportButton } from './import-button.tsx';

const example = `[Interface]
PrivateKey = …
Address = 10.0.0.5/32

[Peer]
PublicKey = …
AllowedIPs = 10.42.0.0/16
Endpoint = vpn.example.com:51820`;

/** What somebody sees who has no profile yet, and has perhaps just been sent a file. */
export function Welcome(): ReactNode {
  return (
    <section className="welcome" aria-labelledby="welcome-title">
      <Brand />
      <h2 id="welcome-title">Import your first tunnel</h2>
      <p>
        Were you given a file whose name ends in <code>.conf</code>, a <code>.zip</code> of them or a picture
        of a QR code? Drop it anywhere on this window, or choose it. You can take in several at once.
      </p>
      <ImportButton words="Choose files…" kind="primary" />
      <pre className="welcome-example" aria-label="What such a file looks like">
        {example}
      </pre>
      <p className="welcome-small">
        Adit keeps a copy that only you can read. Nothing connects until you switch it on.
      </p>
    </section>
  );
}
