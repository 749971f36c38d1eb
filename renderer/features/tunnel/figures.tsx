import type { ReactNode } from 'react';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { useClock } from '../../components/clock.ts';
import { Icon } from '../../components/icon.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { Ticking } from '../../components/ticking.tsx';
import { formatBytes, formatRate } from '../../format/bytes.ts';
import { formatNumber } from '../../format/count.ts';
import { formatAgo } from '../../format/duration.ts';
import { shortKey } from '../../format/key.ts';
import { curveOf } from '../../model/curve.ts';
import type { Direction } from '../../model/curve.ts';
import { ratesAt } from '../../model/meter.ts';
import { countStates } from '../../model/peer-list.ts';
import { latestHandshake, stateWord } from '../../model/sentence.ts';
import { historySeconds, totalOf } from '../../model/traffic.ts';
import type { Sample } from '../../model/traffic.ts';
import { useAdit } from '../../store-context.ts';

/** How old the last sample may be for the curve to end with it. Milliseconds. */
const curveLag = 2500;

/** What the whole tunnel has carried and carries now. */
export function Figures({ tunnel }: { readonly tunnel: TunnelStatus }): ReactNode {
  const traffic = useAdit(({ live }) => live?.traffic.get(tunnel.interface));
  const total = totalOf(tunnel);
  const latest = latestHandshake(tunnel);
  const connected = tunnel.peers.filter(({ state }) => state === 'connected').length;
  const others = countStates(tunnel.peers).filter(({ state }) => state !== 'connected');
  const rate = (direction: Direction) => (now: number) => formatRate(ratesAt(traffic?.total, now)[direction]);
  return (
    <dl className="figures">
      <div className="figure">
        <dt>
          <Icon name="down" /> Received
        </dt>
        <dd className="figure-value" data-figure="received">
          {formatBytes(total.rxBytes)}
        </dd>
        <dd className="figure-aside" data-figure="receiving">
          <Ticking at={rate('rx')} />
        </dd>
        <dd className="figure-curve">
          <Curve samples={traffic?.samples ?? []} direction="rx" />
        </dd>
      </div>
      <div className="figure">
        <dt>
          <Icon name="up" /> Sent
        </dt>
        <dd className="figure-value" data-figure="sent">
          {formatBytes(total.txBytes)}
        </dd>
        <dd className="figure-aside" data-figure="sending">
          <Ticking at={rate('tx')} />
        </dd>
        <dd className="figure-curve">
          <Curve samples={traffic?.samples ?? []} direction="tx" />
        </dd>
      </div>
      <div className="figure is-plain">
        <dt>Peers connected</dt>
        <dd className="figure-value">
          {formatNumber(connected)} <span className="figure-of">of {formatNumber(tunnel.peers.length)}</span>
        </dd>
        <dd className="figure-note">
          {others
            .map(({ state, count }) => `${formatNumber(count)} ${stateWord(state).toLowerCase()}`)
            .join(', ')}
        </dd>
      </div>
      <div className="figure is-plain">
        <dt>Latest handshake</dt>
        <dd className="figure-value">
          {latest === null ? 'none yet' : <Ticking at={(now) => formatAgo(now - latest.at)} />}
        </dd>
        <dd className="figure-note">
          {latest === null ? '' : (latest.peer.name ?? shortKey(latest.peer.publicKey))}
        </dd>
      </div>
    </dl>
  );
}

function Curve(props: { readonly samples: readonly Sample[]; readonly direction: Direction }): ReactNode {
  const { samples, direction } = props;
  const last = samples.at(-1)?.at ?? 0;
  // The second that goes on has been counted in part only: the curve ends with the last sample where that is new.
  const end = useClock((now) => (now - last < curveLag ? last : now));
  return <Sparkline values={curveOf(samples, direction, end, historySeconds)} />;
}
