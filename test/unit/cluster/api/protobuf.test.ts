import fc from 'fast-check';
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { readProtobuf } from '../../../../electron/backend/cluster/api/protobuf.ts';

type Write = (writer: PbfWriter) => void;

function messageOf(write: Write): PbfWriter {
  const writer = new PbfWriter();
  write(writer);
  return writer;
}

/** A message within another. */
function inside(field: number, write: Write): Write {
  return (writer) => {
    writer.writeBytesField(field, messageOf(write).finish());
  };
}

function text(field: number, value: string): Write {
  return (writer) => {
    writer.writeStringField(field, value);
  };
}

function all(...writes: Write[]): Write {
  return (writer) => {
    for (const write of writes) write(writer);
  };
}

function entry(field: number, key: string, value: string): Write {
  return inside(field, all(text(1, key), text(2, value)));
}

/** An object as an API server writes it. */
function envelope(kind: string, write: Write): Buffer {
  const whole = all(inside(1, all(text(1, 'v1'), text(2, kind))), inside(2, write), text(3, ''), text(4, ''));
  return Buffer.concat([Buffer.from('k8s\0'), messageOf(whole).finish()]);
}

const node = all(
  inside(
    1,
    all(
      text(1, 'größe'),
      text(5, 'some-uid'),
      entry(11, '__proto__', 'just a label'),
      entry(12, 'kilo.squat.ai/key', 'K'),
      entry(12, 'empty', ''),
      inside(17, text(1, 'kubelet')),
    ),
  ),
  inside(2, all(text(1, '10.42.0.0/24'), text(3, ''), text(7, '10.42.0.0/24'), text(7, 'fd00::/64'))),
  inside(
    3,
    all(
      inside(4, all(text(1, 'Ready'), text(2, 'True'), text(6, 'kubelet says so'))),
      inside(5, all(text(1, 'InternalIP'), text(2, '10.0.0.1'))),
    ),
  ),
);

const list = envelope('NodeList', all(inside(1, all(text(2, '42'), text(3, 'next'))), inside(2, node)));

describe('what Kubernetes writes in protobuf', () => {
  it('is a list of nodes, as JSON has it', () => {
    const item = {
      metadata: {
        name: 'größe',
        labels: JSON.parse('{"__proto__":"just a label"}') as unknown,
        annotations: { 'kilo.squat.ai/key': 'K', empty: '' },
      },
      spec: { podCIDR: '10.42.0.0/24', podCIDRs: ['10.42.0.0/24', 'fd00::/64'] },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      },
    };
    expect(readProtobuf(list)).toEqual({ kind: 'NodeList', metadata: { continue: 'next' }, items: [item] });
  });

  it('is what the server says where it refuses', () => {
    const status = envelope('Status', all(text(2, 'Failure'), text(3, 'You may not.'), text(4, 'Forbidden')));
    expect(readProtobuf(status)).toEqual({ kind: 'Status', message: 'You may not.', reason: 'Forbidden' });
  });

  it('tells from its beginning where the next page is', () => {
    const beginning = list.subarray(0, list.indexOf('next') + 4);
    expect(readProtobuf(beginning, { isWhole: false })).toMatchObject({ metadata: { continue: 'next' } });
    expect(readProtobuf(list.subarray(0, list.indexOf('next') + 2), { isWhole: false })).toMatchObject({
      metadata: {},
    });
    expect(readProtobuf(beginning)).toBeUndefined();
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"kind":"NodeList"}')],
    ['another kind', envelope('PodList', text(1, 'x'))],
    ['the sign alone', Buffer.from('k8s\0')],
  ])('is not %s', (_what, bytes) => {
    expect(readProtobuf(bytes)).toBeUndefined();
  });

  it('is nothing where it is cut off anywhere', () => {
    // Behind the object itself there are two empty texts, which nobody reads.
    for (let length = 0; length < list.length - 4; length++)
      expect(readProtobuf(list.subarray(0, length))).toBeUndefined();
  });

  it('is a value or nothing, whatever is in it', () => {
    const changes = fc.array(fc.tuple(fc.nat(list.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(changes, (changed) => {
        const bytes = Buffer.from(list);
        for (const [at, byte] of changed) bytes[at] = byte;
        expect(['object', 'undefined']).toContain(typeof readProtobuf(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});
