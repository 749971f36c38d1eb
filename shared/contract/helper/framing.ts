/**
 * Frames on the helper's socket: four bytes of length, most significant first, then that many bytes of UTF-8 JSON.
 * The length is checked before anything is buffered, so a peer cannot make the reader grow past its limit.
 */

/** Bytes in front of each frame. */
export const frameHeaderBytes = 4;

/** The largest message the helper takes: a tunnel of some 10,000 peers. */
export const requestLimitBytes = 4 * 1024 * 1024;

/** The largest message a client takes from the helper: the state of all its tunnels. */
export const responseLimitBytes = 64 * 1024 * 1024;

/** The other side announced a frame beyond the limit, or an empty one. The stream cannot be read further. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FrameError';
  }
}

/** A frame around `body`. */
export function frame(body: Uint8Array): Uint8Array {
  const framed = new Uint8Array(frameHeaderBytes + body.length);
  new DataView(framed.buffer).setUint32(0, body.length);
  framed.set(body, frameHeaderBytes);
  return framed;
}

/** Cuts a byte stream into frames. One reader for one connection. */
export class FrameReader {
  readonly #limit: number;
  readonly #header = new Uint8Array(frameHeaderBytes);
  #headerLength = 0;
  #body: Uint8Array | null = null;
  #bodyLength = 0;

  /** @param limit the largest body that is accepted, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a frame has begun and is not complete. */
  get isPartial(): boolean {
    return this.#headerLength > 0;
  }

  /**
   * Takes the next bytes of the stream and gives the bodies they complete, in order.
   *
   * @throws FrameError as soon as a header announces nothing or more than the limit
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const bodies: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      at += this.#body === null ? this.#takeHeader(chunk, at) : this.#takeBody(this.#body, chunk, at);
      if (this.#body !== null && this.#bodyLength === this.#body.length) {
        bodies.push(this.#body);
        this.#body = null;
        this.#headerLength = 0;
      }
    }
    return bodies;
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + frameHeaderBytes - this.#headerLength);
    this.#header.set(part, this.#headerLength);
    this.#headerLength += part.length;
    if (this.#headerLength === frameHeaderBytes) {
      const length = new DataView(this.#header.buffer).getUint32(0);
      if (length === 0) throw new FrameError('an empty frame');
      if (length > this.#limit)
        throw new FrameError(`a frame of ${length} bytes, over the limit of ${this.#limit}`);
      this.#body = new Uint8Array(length);
      this.#bodyLength = 0;
    }
    return part.length;
  }

  #takeBody(body: Uint8Array, chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + body.length - this.#bodyLength);
    body.set(part, this.#bodyLength);
    this.#bodyLength += part.length;
    return part.length;
  }
}
