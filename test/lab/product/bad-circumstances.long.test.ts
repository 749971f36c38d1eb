import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { HelperConnection } from '../../../electron/backend/helper-client/connection.ts';
import { Profile } from '../../../electron/backend/profiles/profile.ts';
import { tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { faultOf } from '../../../shared/fault.ts';
import { describeInLab } from '../testing.ts';
import { inBadCircumstances } from './bad-circumstances.ts';

describeInLab('an engine that hangs', () => {
  test('is stopped with all that it has started, and the fault names it', { timeout: 180_000 }, async () => {
    await inBadCircumstances(async ({ adit, client, scenario: { profile } }) => {
      await client.write('/run/wireguard-go', '#!/bin/sh\nsleep 3141\n', 0o755);
      await client.shell('mount --bind /run/wireguard-go "$(readlink -f "$(command -v wireguard-go)")"');
      const helper = await HelperConnection.open(adit.socket);
      const tunnel = new Profile('home', Buffer.from(profile.text)).tunnel();
      const began = performance.now();
      const fault = await helper
        .ask('up', { tunnel: tunnelToMessage(tunnel), wait: null })
        .then(() => null, faultOf);
      expect(fault).toMatchObject({
        code: 'link-failed',
        message: expect.stringContaining('wireguard-go had not ended') as string,
        hint: expect.stringContaining('by hand') as string,
      });
      expect(performance.now() - began).toBeLessThan(60_000);
      expect(client.processes('sleep')).toEqual([]);
      helper.close();
    });
  });
});
