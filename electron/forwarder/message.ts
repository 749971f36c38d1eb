import { decode } from 'dns-packet';

/** Bytes of the header of a DNS message. @see RFC 1035 section 4.1.1 */
const headerLength = 12;

/** The response codes that we give or mind. @see RFC 1035 section 4.1.1 */
export const responseCodes = { formatError: 1, serverFailure: 2, notImplemented: 4, refused: 5 } as const;

/** A question that can be passed on. */
export interface Query {
  readonly id: number;
  /** Its one name, in lower case, without the dot at its end. */
  readonly name: string;
  /** The whole message. */
  readonly message: Buffer;
  /** Where its question ends in the message, in bytes. */
  readonly questionEnd: number;
}

/** A message that somebody sent us, as far as we can tell. */
export type Reading =
  | { readonly kind: 'query'; readonly query: Query }
  /** To be answered with this. */
  | { readonly kind: 'refusal'; readonly answer: Buffer }
  /** No question at all. */
  | { readonly kind: 'nonsense' };

/** Reads a message as a server does: its header and its question, and nothing behind them. */
export function readQuery(message: Buffer): Reading {
  if (message.length < headerLength || isResponse(message)) return { kind: 'nonsense' };
  if (operationOf(message) !== 0) return refusal(message, responseCodes.notImplemented);
  try {
    // The records behind the question are the servers' affair: for reading, there are none.
    const head = Buffer.from(message);
    head.fill(0, 6, headerLength);
    const { id = 0, questions = [] } = decode(head);
    const [question] = questions;
    if (question === undefined || questions.length > 1) return refusal(message, responseCodes.formatError);
    const name = question.name.toLowerCase().replace(/\.$/, '');
    return { kind: 'query', query: { id, name, message, questionEnd: decode.bytes } };
  } catch {
    return refusal(message, responseCodes.formatError);
  }
}

/** The same message under another number. */
export function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id, 0);
  return copy;
}

/**
 * Whether a message answers a question: its number, and the question itself, but for the case of its letters.
 *
 * @param id the number under which it was asked
 */
export function isAnswer(message: Buffer, id: number, { message: asked, questionEnd }: Query): boolean {
  if (message.length < headerLength || !isResponse(message) || message.readUInt16BE(0) !== id) return false;
  // A server that does not understand a question need not repeat it.
  if (message.readUInt16BE(4) === 0) return responseCodeOf(message) !== 0;
  return questionIn(message, questionEnd) === questionIn(asked, questionEnd);
}

/** Whether somebody else may know better: the server failed, or will not answer us. */
export function isFailure(answer: Buffer): boolean {
  const code = responseCodeOf(answer);
  return code === responseCodes.serverFailure || code === responseCodes.refused;
}

/** The answer that there is none. */
export function serverFailure({ message, questionEnd }: Query): Buffer {
  return answerWith(message.subarray(0, questionEnd), responseCodes.serverFailure, 1);
}

function refusal(message: Buffer, code: number): Reading {
  return { kind: 'refusal', answer: answerWith(message.subarray(0, headerLength), code, 0) };
}

/** A response without records: recursion as it was desired, and available. */
function answerWith(head: Buffer, code: number, questions: number): Buffer {
  const answer = Buffer.from(head);
  answer.writeUInt16BE(0x8080 | (head.readUInt16BE(2) & 0x7900) | code, 2);
  answer.fill(0, 4, headerLength);
  answer.writeUInt16BE(questions, 4);
  return answer;
}

function isResponse(message: Buffer): boolean {
  return ((message[2] ?? 0) & 0x80) !== 0;
}

function operationOf(message: Buffer): number {
  return ((message[2] ?? 0) >> 3) & 0xf;
}

function responseCodeOf(message: Buffer): number {
  return (message[3] ?? 0) & 0xf;
}

function questionIn(message: Buffer, end: number): string {
  return message.toString('latin1', headerLength, end).toLowerCase();
}
