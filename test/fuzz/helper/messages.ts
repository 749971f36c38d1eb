import { frame } from '../../../shared/contract/helper/framing.ts';
import { requestEnvelope, tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { helperProtocol, helperVerbs } from '../../../shared/contract/helper/verbs.ts';
import type { HelperQuestion, HelperVerb } from '../../../shared/contract/helper/verbs.ts';
import { interfaceAddress, keys, peerOf, tunnelOf } from '../../unit/contract/tunnels.ts';
import { networkOf } from '../../../shared/network/prefix.ts';

/** Something to send to the helper. */
export interface FuzzMessage {
  readonly bytes: Uint8Array;
  /** How it was made, in words. */
  readonly kind: string;
  /** Whether the stream cannot be read further after it: what follows is taken for its rest. */
  readonly breaksStream: boolean;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Numbers from a seed, always the same (mulberry32). */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, but not with, `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  /** One of some things. */
  pick<T>(things: readonly T[]): T {
    const thing = things[this.below(things.length)];
    if (thing === undefined) throw new RangeError('nothing to pick from');
    return thing;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

const tunnel = tunnelToMessage(
  tunnelOf({
    interface: 'fuzz',
    peers: [
      peerOf({
        endpoint: { host: '203.0.113.9', port: 51_820 },
        presharedKey: keys.preshared,
        allowedIps: [networkOf(interfaceAddress('10.42.0.0/16'))],
        persistentKeepalive: 25,
        name: 'far side',
      }),
    ],
  }),
);

/** A question of each verb as the contract has it, from which others are made. */
const questions: { readonly [V in HelperVerb]: HelperQuestion<V> } = {
  hello: { protocol: helperProtocol },
  up: { tunnel, wait: null, accept: [], subtract: false },
  plan: { tunnel },
  explain: { destination: '10.42.0.10', mark: 0 },
  down: { interface: 'home' },
  openUplink: { interface: 'home', minutes: 5 },
  status: {},
  watch: {},
  recover: {},
};

const verbs = Object.keys(helperVerbs) as HelperVerb[];

/** What starts no program and reads no host: questions that may arrive by the thousand in their valid form, too. */
const cheap: ReadonlySet<HelperVerb> = new Set(['hello', 'status', 'watch']);

/** What somebody who wants more than is his might write into a field. */
const nasty: readonly Json[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, 65_536, '', ' ', '\n', '\0', [], {}],
  ...[
    '../../etc/passwd',
    '/etc/shadow',
    '$(id)',
    '`id`',
    ';id',
    '| id',
    "'; id; '",
    'a\nPostUp = id',
    'home\0',
  ],
  ...[
    'eth0',
    'lo',
    'all',
    'default',
    '..',
    '%s%n',
    '-h',
    '--help',
    '__proto__',
    'constructor',
    'ﬀ',
    '😀',
    '\ud800',
  ],
  ...[
    '0.0.0.0/0',
    '::/0',
    '10.0.0.1/33',
    '1.2.3',
    '127.0.0.1',
    '::ffff:1.2.3.4',
    keys.private,
    keys.private.slice(1),
  ],
  ...['x'.repeat(16), 'x'.repeat(256), 'x'.repeat(70_000), Array.from({ length: 300 }, () => 'x')],
  { __proto__: null, constructor: { prototype: { polluted: true } } },
];

/** A message from a seed: always the same, and never one that the contract has and that changes something. */
export function messageOf(seed: number): FuzzMessage {
  const chance = new Chance(seed);
  for (;;) {
    const message = makers[chance.below(makers.length)]?.(chance);
    if (message !== undefined && !wouldDo(message)) return message;
  }
}

const makers: readonly ((chance: Chance) => FuzzMessage)[] = [
  ...Array.from({ length: 32 }, () => mutatedQuestion),
  ...Array.from({ length: 4 }, () => mutatedEnvelope),
  ...Array.from({ length: 4 }, () => mutatedText),
  ...Array.from({ length: 4 }, () => validQuestion),
  ...Array.from({ length: 4 }, () => randomBody),
  randomStream,
  wrongLength,
];

function mutatedQuestion(chance: Chance): FuzzMessage {
  const verb = chance.pick(verbs);
  let params = structuredClone(questions[verb]) as Json;
  for (let count = 1 + chance.below(3); count > 0; count -= 1) params = mutate(params, chance);
  return framed(request(verb, params, chance), `${verb}, its question changed`);
}

function mutatedEnvelope(chance: Chance): FuzzMessage {
  const verb = chance.pick(verbs);
  return framed(
    mutate(request(verb, questions[verb] as Json, chance), chance),
    `${verb}, its envelope changed`,
  );
}

function mutatedText(chance: Chance): FuzzMessage {
  const verb = chance.pick(verbs);
  const bytes = Buffer.from(JSON.stringify(request(verb, questions[verb] as Json, chance)));
  for (let count = 1 + chance.below(4); count > 0; count -= 1)
    bytes[chance.below(bytes.length)] = chance.below(256);
  return { bytes: frame(bytes), kind: `${verb}, some of its bytes changed`, breaksStream: false };
}

function validQuestion(chance: Chance): FuzzMessage {
  const verb = chance.pick(verbs.filter((one) => cheap.has(one)));
  return framed(request(verb, questions[verb] as Json, chance), `${verb} as it is`);
}

function randomBody(chance: Chance): FuzzMessage {
  return {
    bytes: frame(chance.bytes(1 + chance.below(400))),
    kind: 'a frame of random bytes',
    breaksStream: false,
  };
}

function randomStream(chance: Chance): FuzzMessage {
  return { bytes: chance.bytes(1 + chance.below(60)), kind: 'random bytes', breaksStream: true };
}

function wrongLength(chance: Chance): FuzzMessage {
  const bytes = frame(Buffer.from(JSON.stringify(request('status', {}, chance))));
  const lengths = [0, 1, bytes.length + chance.below(100), 2 ** 22 + 1, 2 ** 31, 2 ** 32 - 1];
  new DataView(bytes.buffer).setUint32(0, chance.pick(lengths));
  return { bytes, kind: 'a frame of a wrong length', breaksStream: true };
}

function request(method: string, params: Json, chance: Chance): Json {
  return { jsonrpc: '2.0', id: chance.below(1_000_000), method, params };
}

function framed(body: Json, kind: string): FuzzMessage {
  return { bytes: frame(Buffer.from(JSON.stringify(body))), kind, breaksStream: false };
}

/** The same value with one thing in it changed, at any depth. */
function mutate(value: Json, chance: Chance): Json {
  if (Array.isArray(value)) {
    const at = chance.below(value.length + 1);
    const item = value[at];
    if (item === undefined) return chance.below(3) === 0 ? replaced(chance) : [...value, replaced(chance)];
    return value.map((other, index) => (index === at ? mutate(other, chance) : other));
  }
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    const way = chance.below(12);
    if (names.length === 0 || way === 0)
      return { ...value, [chance.pick(['path', 'command', '__proto__', 'x'])]: replaced(chance) };
    const name = chance.pick(names);
    if (way === 1) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
    return { ...value, [name]: mutate(value[name] ?? null, chance) };
  }
  return replaced(chance);
}

function replaced(chance: Chance): Json {
  if (chance.below(20) === 0) return nested(chance.below(2_000));
  return chance.pick(nasty);
}

function nested(depth: number): Json {
  let value: Json = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** Whether the helper would rightly do something because of it, or start a program. */
function wouldDo({ bytes }: FuzzMessage): boolean {
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes.subarray(4)).toString('utf8'));
    const { method, params } = requestEnvelope.parse(body);
    const verb = verbs.find((one) => one === method);
    return verb !== undefined && !cheap.has(verb) && helperVerbs[verb].params.safeParse(params).success;
  } catch {
    return false;
  }
}
