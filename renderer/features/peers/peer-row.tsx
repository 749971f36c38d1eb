import { memo } from 'react';
import type { ReactNode } from 'react';
import type { ProfilePeer } from '../../../shared/contract/ui/verbs.ts';
import type { PeerStatus } from '../../../shared/tunnel/status.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { Ticking } from '../../components/ticking.tsx';
import { formatBytes, formatRate } from '../../format/bytes.ts';
import { formatDuration } from '../../format/duration.ts';
import { shortKey } from '../../format/key.ts';
import { ratesAt } from '../../model/meter.ts';
import type { Meter } from '../../model/meter.ts';
import { stateWord } from '../../model/sentence.ts';
import { AllowedIps } from './allowed-ips.tsx';

/** One peer. It is drawn again only where the peer itself differs. */
export const PeerRow = memo(function PeerRow(props: {
  readonly publicKey: string;
  readonly described: ProfilePeer | null;
  readonly live: PeerStatus | null;
  readonly meter: Meter | undefined;
  /** Whether the tunnel is up, and the table has the columns for it. */
  readonly isLive: boolean;
}): ReactNode {
  const { publicKey, described, live, meter, isLive } = props;
  const name = live?.name ?? described?.name ?? null;
  return (
    <div className="peer-row" role="row">
      <div role="cell" className="peer-who">
        {live === null ? null : <StateMark state={live.state} />}
        {name === null ? null : (
          <span className="peer-name" title={name}>
            {name}
          </span>
        )}
        <span className={name === null ? 'peer-key is-alone' : 'peer-key'} title={publicKey}>
          <span className="mono">{shortKey(publicKey)}</span>
          <CopyButton text={publicKey} what={`public key of ${name ?? shortKey(publicKey)}`} />
        </span>
      </div>
      <PeerEndpoint described={described} live={live} />
      <div role="cell" className="peer-allowed">
        <AllowedIps prefixes={live?.allowedIps ?? described?.allowedIps ?? []} />
      </div>
      {isLive ? <PeerFigures live={live} meter={meter} /> : null}
    </div>
  );
});

function PeerEndpoint(props: {
  readonly described: ProfilePeer | null;
  readonly live: PeerStatus | null;
}): ReactNode {
  const { described, live } = props;
  const used = live?.endpoint ?? null;
  const written = described?.endpoint ?? null;
  const keepalive = live?.persistentKeepalive ?? null;
  return (
    <div role="cell" className="peer-endpoint">
      {used === null && written === null ? (
        <span className="muted">no endpoint</span>
      ) : (
        <span className="mono">{used ?? written}</span>
      )}
      <span className="peer-aside">
        {used === null || written === null || written === used ? null : <span>{written}</span>}
        {keepalive === null ? null : <span className="peer-keepalive">keepalive {keepalive} s</span>}
      </span>
    </div>
  );
}

function PeerFigures(props: {
  readonly live: PeerStatus | null;
  readonly meter: Meter | undefined;
}): ReactNode {
  const { live, meter } = props;
  if (live === null) {
    return (
      <div role="cell" className="peer-handshake muted">
        Not part of the tunnel
      </div>
    );
  }
  const handshake = live.latestHandshake === null ? Number.NaN : Date.parse(live.latestHandshake);
  return (
    <>
      <div role="cell" className="peer-handshake">
        <span className="peer-what" aria-hidden="true">
          Handshake
        </span>
        <span className="peer-age">
          {Number.isNaN(handshake) ? 'none yet' : <Ticking at={(now) => formatDuration(now - handshake)} />}
        </span>
        <span className={`peer-aside state-word is-${live.state}`}>{stateWord(live.state)}</span>
      </div>
      <Amount what="Received" bytes={live.rxBytes} rateAt={(now) => ratesAt(meter, now).rx} />
      <Amount what="Sent" bytes={live.txBytes} rateAt={(now) => ratesAt(meter, now).tx} />
    </>
  );
}

function Amount(props: {
  readonly what: string;
  readonly bytes: number;
  readonly rateAt: (now: number) => number;
}): ReactNode {
  const { what, bytes, rateAt } = props;
  return (
    <div role="cell" className="peer-amount is-figure">
      <span className="peer-what" aria-hidden="true">
        {what}
      </span>
      <span>{formatBytes(bytes)}</span>
      <span className="peer-aside">
        <Ticking at={(now) => (rateAt(now) < 1 ? '' : formatRate(rateAt(now)))} />
      </span>
    </div>
  );
}
