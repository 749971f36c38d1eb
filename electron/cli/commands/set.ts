import { settingNames, settingsToText, whatTakes } from '../../../shared/tunnel/settings.ts';
import type { ProfileSettings } from '../../../shared/tunnel/settings.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { operandAt } from '../command.ts';
import type { Command } from '../command.ts';
import { wrongUsage } from '../parse.ts';

/** More than there are settings. */
const most = 1 + settingNames.length;

/** `adit set NAME KEY=VALUE...` */
export const set: Command = {
  name: 'set',
  operands: 'NAME [KEY=VALUE...]',
  arity: { least: 1, most },
  summary: 'Decide what a .conf has no key for, or show what was decided',
  details: [
    ...settingNames.map((name) => `  ${name}: ${whatTakes(name)}`),
    'killSwitch=on: nothing leaves this machine but through tunnels, from "up" to "down". It is not kept over a reboot.',
    '"KEY=" alone goes back to the default. A tunnel that is up follows when it is brought up again.',
  ],
  options: {},
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const profile = await store.find(operandAt(given, 0));
    const texts = new Map(given.operands.slice(1).map(keyAndValue));
    const settings = texts.size === 0 ? profile.settings : await store.set(profile, texts);
    return { json: { name: profile.name, settings: settingsToText(settings) }, text: settingsText(settings) };
  },
};

function keyAndValue(operand: string): [string, string] {
  const at = operand.indexOf('=');
  if (at > 0) return [operand.slice(0, at), operand.slice(at + 1)];
  throw wrongUsage(set, `A setting is given as KEY=VALUE, not as ${JSON.stringify(operand)}.`);
}

function settingsText(settings: ProfileSettings): string {
  const texts = settingsToText(settings);
  return settingNames.map((name) => `${name} = ${texts[name]}`.trimEnd()).join('\n');
}
