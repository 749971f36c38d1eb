import { ProfileStore } from '../../backend/profiles/store.ts';
import { operandAt, has } from '../command.ts';
import type { Command } from '../command.ts';

/** `adit show NAME` */
export const show: Command = {
  name: 'show',
  operands: 'NAME',
  arity: { least: 1, most: 1 },
  summary: 'Show the configuration of a profile, with its secret keys hidden',
  options: { reveal: { kind: 'flag', summary: 'Show the secret keys too' } },
  async run({ places, given }) {
    const profile = await new ProfileStore(places.home).find(operandAt(given, 0));
    const text = has(given, 'reveal') ? profile.text : profile.textWithoutKeys;
    return { json: { ...profile.summary(), text }, text, verbatim: true };
  },
};
