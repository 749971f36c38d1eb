import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { dnsWords } from '../../../shared/names/words.ts';
import type { DnsStatus, TunnelStatus } from '../../../shared/tunnel/status.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import type { Entry } from '../../model/entry.ts';
import { describeReach, reachOf } from '../../model/reach.ts';

/** What a tunnel carries and the interface that carries it: as it stands, or as the profile asks for it. */
export function InterfaceFacts({ entry }: { readonly entry: Entry }): ReactNode {
  const { name, title, profile, tunnel } = entry;
  const publicKey = tunnel?.publicKey ?? profile?.publicKey ?? null;
  const addresses = tunnel?.addresses ?? profile?.addresses ?? [];
  return (
    <section className="facts" aria-label="Interface">
      <Reach entry={entry} />
      <dl>
        <Fact term="Addresses">
          {addresses.length === 0 ? (
            <span className="muted">none</span>
          ) : (
            addresses.map((address) => (
              <span key={address} className="mono fact-item">
                {address}
              </span>
            ))
          )}
        </Fact>
        <Fact term="Public key">
          {publicKey === null ? (
            <span className="muted">none: the profile holds no usable private key</span>
          ) : (
            <span className="fact-key">
              <span className="mono">{publicKey}</span>
              <CopyButton text={publicKey} what="public key" />
            </span>
          )}
        </Fact>
      </dl>
      <dl>
        {title === name ? null : <Fact term="Profile">{name}</Fact>}
        <Fact term="Interface">
          <span className="mono">{tunnel?.interface ?? profile?.interface}</span>
          {tunnel === null ? null : (
            <span className="muted">
              {tunnel.engine} {tunnel.engineVersion}
            </span>
          )}
        </Fact>
        {tunnel === null ? null : <LinkFacts tunnel={tunnel} />}
      </dl>
      {tunnel === null ? null : (
        <dl className="is-wide">
          <Fact term="Names">
            <Names dns={tunnel.dns} />
          </Fact>
        </dl>
      )}
    </section>
  );
}

function Reach({ entry: { profile, tunnel } }: { readonly entry: Entry }): ReactNode {
  const peers = profile?.peers ?? tunnel?.peers ?? null;
  const reach = useMemo(() => (peers === null ? null : describeReach(reachOf(peers))), [peers]);
  if (reach === null) return null;
  return (
    <dl className="is-wide">
      <Fact term="Routes">
        <strong>{reach.title}</strong>
        <span className="fact-aside">{reach.sentence}</span>
      </Fact>
    </dl>
  );
}

function LinkFacts({ tunnel }: { readonly tunnel: TunnelStatus }): ReactNode {
  const { mtu, listenPort, fwMark, scripts } = tunnel;
  return (
    <>
      <Fact term="Link">
        {mtu === null ? null : <Figure term="MTU">{mtu}</Figure>}
        {listenPort === null ? null : <Figure term="port">{listenPort}</Figure>}
        {fwMark === null ? null : (
          <Figure term="mark">
            <span className="mono">0x{fwMark.toString(16)}</span>
          </Figure>
        )}
      </Fact>
      {scripts === 'none' ? null : (
        <Fact term="Scripts">{scripts === 'refused' ? 'left out' : 'ran as root'}</Fact>
      )}
    </>
  );
}

function Names({ dns }: { readonly dns: DnsStatus }): ReactNode {
  const { where, how } = dnsWords(dns);
  return (
    <span>
      {where}
      <span className="fact-aside">{how}</span>
    </span>
  );
}

function Figure(props: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <span className="fact-item">
      <span className="muted">{props.term}</span> {props.children}
    </span>
  );
}

function Fact(props: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact">
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
