/** Bytes of the length before each message of a TCP stream. @see RFC 1035 section 4.2.2 */
const prefixLength = 2;

/** Cuts a TCP stream into messages. What is kept is never more than one message and what came with its end. */
export class MessageReader {
  #kept: Buffer = Buffer.alloc(0);

  /** Takes more of the stream, and gives the messages that are whole now. */
  take(part: Buffer): Buffer[] {
    this.#kept = this.#kept.length === 0 ? part : Buffer.concat([this.#kept, part]);
    const messages: Buffer[] = [];
    while (this.#kept.length >= prefixLength) {
      const end = prefixLength + this.#kept.readUInt16BE(0);
      if (this.#kept.length < end) break;
      messages.push(Buffer.from(this.#kept.subarray(prefixLength, end)));
      this.#kept = this.#kept.subarray(end);
    }
    return messages;
  }
}

/** A message as it stands in a stream. @param message of at most 65535 bytes */
export function inStream(message: Buffer): Buffer {
  const length = Buffer.alloc(prefixLength);
  length.writeUInt16BE(message.length, 0);
  return Buffer.concat([length, message]);
}
