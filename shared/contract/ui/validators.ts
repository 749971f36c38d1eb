import { z } from '../schema.ts';
import { settingNames } from '../../tunnel/settings.ts';
import { longestOpening } from '../../tunnel/status.ts';
import type { SettingName } from '../../tunnel/settings.ts';
import { importLimitBytes } from './verbs.ts';
import type { UiVerb, UiVerbs } from './verbs.ts';

export { importLimitBytes } from './verbs.ts';

const profileName = z.string().min(1).max(255);
const settingName = z.enum(settingNames as readonly [SettingName, ...SettingName[]]);
const nothing = z.strictObject({});

/**
 * The questions of the interface as the app process checks them: the renderer is hostile by assumption, so nothing it
 * sends is used before it has passed here.
 */
export const uiParams = {
  'state.read': nothing,
  'profile.import': z.strictObject({
    files: z
      .array(
        z.strictObject({
          // A file’s, and its folder’s.
          name: z.string().min(1).max(511),
          base64: z.base64().max(Math.ceil(importLimitBytes / 3) * 4),
        }),
      )
      .min(1)
      .max(1000),
  }),
  'profile.restore': z.strictObject({ name: profileName }),
  'profile.text': z.strictObject({ name: profileName, reveal: z.boolean() }),
  'profile.set': z.strictObject({
    name: profileName,
    settings: z.partialRecord(settingName, z.string().max(65_536)),
  }),
  'profile.rename': z.strictObject({ name: profileName, newName: z.string().max(1000) }),
  'profile.remove': z.strictObject({ name: profileName }),
  'tunnel.up': z.strictObject({
    name: profileName,
    accept: z.array(z.string().max(64)).max(16),
    subtract: z.boolean().exactOptional(),
  }),
  'tunnel.down': z.strictObject({ name: profileName }),
  'tunnel.unblock': z.strictObject({ name: profileName, minutes: z.int().min(0).max(longestOpening) }),
  'tunnel.diagnose': z.strictObject({ name: profileName, address: z.string().min(1).max(300).nullable() }),
} as const satisfies { readonly [V in UiVerb]: z.ZodType<UiVerbs[V]['params']> };
