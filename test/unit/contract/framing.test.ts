import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame, FrameError, frameHeaderBytes, FrameReader } from '../../../shared/contract/helper/framing.ts';

function bytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function header(length: number): Uint8Array {
  const head = new Uint8Array(frameHeaderBytes);
  new DataView(head.buffer).setUint32(0, length);
  return head;
}

const bodies = ['{}', 'a', 'ü'.repeat(40)].map((text) => new TextEncoder().encode(text));
const stream = bytes(...bodies.map(frame));

describe('a frame', () => {
  it('has its length in front, most significant byte first', () => {
    expect([...frame(new Uint8Array(0x0102))].slice(0, 5)).toEqual([0, 0, 1, 2, 0]);
  });
});

describe('reading frames', () => {
  it('gives the same bodies wherever the stream is cut in two', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const reader = new FrameReader(1000);
      const read = [...reader.push(stream.subarray(0, at)), ...reader.push(stream.subarray(at))];
      expect(read, `cut at ${at}`).toEqual(bodies);
    }
  });

  it('gives the same bodies a byte at a time, and each as soon as it is whole', () => {
    const reader = new FrameReader(1000);
    const ends = [...stream].flatMap((byte, index) =>
      reader.push(Uint8Array.of(byte)).length > 0 ? [index + 1] : [],
    );
    expect(ends).toEqual([6, 11, 95]);
  });

  it('gives any bodies back, in any pieces', () => {
    const body = fc.uint8Array({ minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(
        fc.array(body),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        (sent, sizes) => {
          const whole = bytes(...sent.map(frame));
          const reader = new FrameReader(50);
          const received: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < whole.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            received.push(...reader.push(whole.subarray(at, at + size)));
            at += size;
          }
          expect(received).toEqual(sent);
          expect(reader.isPartial).toBe(false);
        },
      ),
    );
  });

  it('tells whether a frame has begun and is not whole', () => {
    const reader = new FrameReader(1000);
    const states = [0, 1, 3, 4, 5].map((at, index, cuts) => {
      reader.push(stream.subarray(cuts[index - 1] ?? 0, at));
      return reader.isPartial;
    });
    expect(states).toEqual([false, true, true, true, true]);
    reader.push(stream.subarray(5, 6));
    expect(reader.isPartial).toBe(false);
  });

  it('takes a body of just the limit', () => {
    expect(new FrameReader(3).push(frame(Uint8Array.of(1, 2, 3)))).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  it('refuses a longer one by its header alone, before anything is buffered', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const length of [4, 0x7fff_ffff, 0xffff_ffff]) {
      expect(() => new FrameReader(3).push(header(length)), String(length)).toThrow(FrameError);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('refuses an empty one', () => {
    expect(() => new FrameReader(3).push(header(0))).toThrow('an empty frame');
  });

  it('does not keep a hold on the chunks it was given', () => {
    const chunk = frame(Uint8Array.of(1, 2, 3));
    const [body] = new FrameReader(3).push(chunk);
    chunk.fill(0);
    expect(body).toEqual(Uint8Array.of(1, 2, 3));
  });
});
