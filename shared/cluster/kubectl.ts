import { shellWord } from '../diagnosis/commands.ts';

/** The line that gives a node an annotation, whether it has one of that name or not. */
export function annotateNode(node: string, annotation: string, value: string): string {
  return `kubectl annotate node ${shellWord(node)} ${shellWord(`${annotation}=${value}`)} --overwrite`;
}

/** The line that takes an annotation off a node. */
export function removeAnnotation(node: string, annotation: string): string {
  return `kubectl annotate node ${shellWord(node)} ${shellWord(`${annotation}-`)}`;
}

/** The line that changes fields of a Peer. @param spec what to put in the place of what is there; null removes a field */
export function patchPeer(peer: string, spec: Readonly<Record<string, unknown>>): string {
  return `kubectl patch peer ${shellWord(peer)} --type merge -p ${shellWord(JSON.stringify({ spec }))}`;
}
