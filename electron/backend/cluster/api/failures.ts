import { X509Certificate } from 'node:crypto';
import { FaultError } from '../../../../shared/fault.ts';
import { shellWord } from '../../../../shared/diagnosis/commands.ts';
import { printable } from '../exec/plugin.ts';
import type { ApiAccess } from './access.ts';
import type { Credentials } from './login.ts';
import { isLoopback } from './proxy.ts';
import { GivenUp } from './send.ts';

/** What Node says where a certificate is not of anybody that is trusted. */
const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

/** The fault in a failure to reach an API server, or to hear all of its answer. */
export function connectionFault(access: ApiAccess, error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  if (error instanceof GivenUp) return givenUp(access, error);
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // A kubeconfig for this machine that came from another: whatever answers here, if anything does, is not it.
  if (isLoopback(access.server)) return onLoopback(access, reason);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return otherName(access, reason);
  if (untrusted.has(code)) return notTrusted(access, reason);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return outOfDate(access, reason);
  return new FaultError({
    code: 'api-unreachable',
    message: `The API server of the context ${named(access.context)}, ${access.server.origin}, is not reached: ${printable(reason)}.`,
    hint: 'Check that the cluster runs and that this machine may reach it; some are behind a VPN or a proxy (proxy-url, HTTPS_PROXY).',
    command: `${access.kubectl} version`,
  });
}

/** `api-unauthorized`, or that the client's certificate has expired. @param date the server's time; Unix seconds */
export function unauthorized(
  access: ApiAccess,
  { certificate }: Credentials,
  date: number | null,
): FaultError {
  const now = (date ?? Date.now() / 1000) * 1000;
  const end =
    certificate === null ? Number.NaN : Date.parse(new X509Certificate(certificate.certificate).validTo);
  if (end < now) {
    return new FaultError({
      code: 'client-certificate-expired',
      message: `The certificate by which the context ${named(access.context)} logs in has expired at ${new Date(end).toISOString()}.`,
      hint: 'Fetch the kubeconfig again: /etc/rancher/k3s/k3s.yaml of a k3s server, or what "kubeadm certs renew admin.conf" makes.',
    });
  }
  return new FaultError({
    code: 'api-unauthorized',
    message: `The API server ${access.server.origin} does not know who the context ${named(access.context)} is.`,
    hint: `Its token, password or certificate is none of this cluster’s, or is no longer. Fetch the kubeconfig again, or log in anew.${isLoopback(access.server) ? ` ${loopbackHint} ${printable(giveAddress(access))}` : ''}`,
    command: `${access.kubectl} auth whoami`,
  });
}

function givenUp({ server }: ApiAccess, { why, message }: GivenUp): FaultError {
  return new FaultError({
    code: why === 'slow' ? 'api-timeout' : 'api-answer-broken',
    message: `The answer of ${server.origin} was given up. ${message}`,
    hint:
      why === 'slow'
        ? 'Try again. A firewall that drops packets, or a tunnel whose MTU is too large, looks like this too.'
        : 'Try again. A proxy on the way may cut long answers off.',
  });
}

/** What is likely of a kubeconfig for this machine that does not fit it. */
const loopbackHint =
  'A kubeconfig that is copied from a server (k3s.yaml) leads to this machine itself until it is given that server’s address:';

/** The line that gives a kubeconfig for this machine the address of another. */
function giveAddress({ server, cluster, kubectlForCluster }: ApiAccess): string {
  const port = server.port === '' ? '' : `:${server.port}`;
  return `${kubectlForCluster} config set-cluster ${shellWord(cluster)} --server=https://ADDRESS${port} --tls-server-name=kubernetes`;
}

function onLoopback(access: ApiAccess, reason: string): FaultError {
  const { server } = access;
  return new FaultError({
    code: 'api-on-loopback',
    message: `The kubeconfig has ${server.origin} as the server, which is this machine itself, and no such API server answers here: ${printable(reason)}.`,
    hint: 'A kubeconfig that is copied from a server (k3s.yaml) has to be given that server’s address; where its certificate is not for the address, the name is "kubernetes".',
    command: giveAddress(access),
  });
}

function otherName({ server, cluster, kubectlForCluster }: ApiAccess, reason: string): FaultError {
  return new FaultError({
    code: 'api-certificate-untrusted',
    message: `The certificate of ${server.origin} is for another name: ${printable(reason)}`,
    hint: 'If it is the right server, say which name it has; API servers of Kubernetes have "kubernetes" too.',
    command: `${kubectlForCluster} config set-cluster ${shellWord(cluster)} --tls-server-name=kubernetes`,
  });
}

function notTrusted({ server, context }: ApiAccess, reason: string): FaultError {
  return new FaultError({
    code: 'api-certificate-untrusted',
    message: `The certificate of ${server.origin} is of nobody that the context ${named(context)} trusts: ${printable(reason)}.`,
    hint: 'The kubeconfig’s certificate-authority is of another cluster, or of one that has been set up anew; or a proxy is in between. Fetch the kubeconfig again. Authorities of this machine’s own are taken by NODE_EXTRA_CA_CERTS=FILE.',
  });
}

function outOfDate({ server }: ApiAccess, reason: string): FaultError {
  return new FaultError({
    code: 'api-certificate-untrusted',
    message: `The certificate of ${server.origin} is not valid at this time: ${printable(reason)}.`,
    hint: `If the clock of this machine is right (it says ${new Date().toISOString()}), the cluster’s certificates have to be renewed: k3s does so when it is restarted, kubeadm by "kubeadm certs renew all".`,
  });
}

function named(context: string): string {
  return printable(JSON.stringify(context));
}
