import { test } from 'vitest';
import { describeInLab } from '../testing.ts';
import { endureCycles, endureStatus } from './endurance.ts';

const minute = 60_000;

describeInLab('a helper that runs for long', () => {
  test(
    'holds no more after 40 tunnels that came and went than after the first ten',
    { timeout: 10 * minute },
    async () => {
      await endureCycles(40, 10);
    },
  );

  test(
    'holds no more after an hour of looks at a tunnel than after a quarter of it',
    { timeout: 5 * minute },
    async () => {
      await endureStatus(3_600);
    },
  );
});
