/**
 * The configuration language of `wg` and wg-quick: text to a lossless tree, what is wrong with it and for whom, what it
 * means, and the way back. Pure: no I/O, no Node, no DOM.
 */
export { decode, encode, plainUtf8 } from './text/encoding.ts';
export type { Charset, Decoded, Encoding } from './text/encoding.ts';
export { applyEdits, applyFix } from './text/edit.ts';
export type { Edit, Fix } from './text/edit.ts';

export { parse, print } from './syntax/parse.ts';
export type { ConfFile } from './syntax/conf-file.ts';
export { replacePeers } from './meaning/replace-peers.ts';
export { addPeer, removeField, removeSection, setField, setName } from './syntax/change.ts';
export { stripConf } from './syntax/strip.ts';
export type { Field } from './syntax/vocabulary.ts';
export { formatConf } from './format/format.ts';

export { diagnose } from './diagnostics/diagnose.ts';
export type { DiagnoseOptions } from './diagnostics/diagnose.ts';
export { diagnoseTogether } from './diagnostics/diagnose-together.ts';
export type { NamedFile } from './diagnostics/diagnose-together.ts';
export { restoreText } from './diagnostics/restore-text.ts';
export { diagnosticCodes } from './diagnostics/catalogue.ts';
export type { CodeFacts, DiagnosticCode } from './diagnostics/catalogue.ts';
export type { Diagnostic } from './diagnostics/diagnostic.ts';
export type { Judge, Severity } from './diagnostics/entry.ts';
export { confFor } from './dialects/conf-for.ts';
export type { ConfForDialect, Dropped, ForeignDialect } from './dialects/conf-for.ts';
export { dialectDifferences } from './dialects/dialect-differences.ts';
export type { Dialect, DialectDifference, Effect } from './dialects/rule-set.ts';

export { labelOf, toTunnel } from './meaning/tunnel.ts';
export type { TunnelResult } from './meaning/tunnel.ts';
export { summarise } from './meaning/summary.ts';
export type { ConfSummary, PeerSummary } from './meaning/summary.ts';

export { generateKeyPair, generatePresharedKey, publicKeyOf, sameKey } from './keys/key-pair.ts';
export type { KeyPair, RandomSource } from './keys/key-pair.ts';
export { formatEndpoint, readEndpoint } from './values/endpoint.ts';
export { base64Alphabet } from './keys/base64.ts';
export { isKey, zeroKey } from './values/key.ts';
export { interfaceNameProblem } from './values/interface-name.ts';
export type { InterfaceNameProblem } from './values/interface-name.ts';

export { confOfEnd, peerLines, sectionsText } from './ends/conf-of-end.ts';
export type { End, EndPeer } from './ends/end.ts';
export { farSideOf, ownStepsOf } from './ends/far-side.ts';
export type { FarSide } from './ends/far-side.ts';
export { forwardSteps } from './ends/steps.ts';
export { serverSnippets, serverSnippetsText } from './ends/server-snippets.ts';
export type { ServerSnippet } from './ends/server-snippets.ts';
export type { Purpose, Step } from './ends/steps.ts';

export type { ForeignConf } from './foreign/foreign-conf.ts';
export { genWebConf } from './foreign/gen-web.ts';
export type { GenWebConf } from './foreign/gen-web.ts';
export { folderOf, genWebAmong, genWebKindOf } from './foreign/gen-web-files.ts';
export { fillOwnEnd } from './foreign/own-end.ts';
export type { OwnEnd } from './foreign/own-end.ts';
export { readForeign } from './foreign/read-foreign.ts';

export { hideKeys } from './secrets/hide-keys.ts';
export { restoreKeys } from './secrets/restore-keys.ts';
