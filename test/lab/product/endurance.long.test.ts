import { test } from 'vitest';
import { describeInLab } from '../testing.ts';
import { endureCycles, endureStatus } from './endurance.ts';

const minute = 60_000;

describeInLab('a helper that runs for very long', () => {
  test(
    'holds no more after 1,000 tunnels that came and went than after the first 100',
    { timeout: 60 * minute },
    async () => {
      console.log(await endureCycles(1_000, 100));
    },
  );

  test(
    'holds no more after 24 hours of looks at a tunnel than after six',
    { timeout: 60 * minute },
    async () => {
      console.log(await endureStatus(86_400));
    },
  );
});
