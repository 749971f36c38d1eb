import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerSeenBy } from '../measure.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { aditProgram, AditClient } from './client.ts';
import type { HelperOptions } from './client.ts';
import { Steps, stopAtStep } from './kill-points.ts';
import type { Point } from './kill-points.ts';

const webUrl = 'http://198.51.100.80/';
const relayAddress = '203.0.113.10';
const nothing = { gone: [], added: [] };

/** Every point is tried with `npm run test:long`; otherwise the moment before a step, and not of every action before each. */
const isLong = process.env['ADIT_TEST_LONG'] === '1';

/** Tried so far, of all kinds together. */
let tried = 0;

/** One host whose helper is stopped again and again. */
class Stage implements AsyncDisposable {
  readonly scenario: FullTunnel;
  readonly adit: AditClient;
  readonly steps: Steps;
  /** The network without a tunnel. */
  readonly before: Snapshot;
  /** Whether the next crash is cleaned up by `adit recover`, and not by the next helper. */
  #byRecover = false;

  private constructor(scenario: FullTunnel, adit: AditClient, steps: Steps, before: Snapshot) {
    this.scenario = scenario;
    this.adit = adit;
    this.steps = steps;
    this.before = before;
  }

  static async open(options: HelperOptions = {}): Promise<Stage> {
    const scenario = await openFullTunnel();
    await scenario.client.settled();
    const steps = new Steps(join(scenario.lab.folder, 'steps'));
    const under = { module: stopAtStep, env: { ADIT_STEPS: steps.folder } };
    const before = await networkSnapshot(scenario.client);
    const adit = await AditClient.start(scenario.client, scenario.lab.folder, { ...options, under });
    // With all that there is to make and to undo.
    await adit.import(
      'home',
      scenario.profile.text.replace('\n[Peer]', 'DNS = 10.200.200.2, corp.example\n\n[Peer]'),
    );
    await adit.done('set', 'home', 'killSwitch=on');
    return new Stage(scenario, adit, steps, before);
  }

  /** How many steps an action of the helper has. */
  async count(action: () => Promise<unknown>): Promise<number> {
    this.steps.arm({ at: 0, when: 'before', whom: 'helper' });
    await action();
    this.steps.disarm();
    return this.steps.seen.length;
  }

  /**
   * Begins something, and stops somebody at a point of it.
   *
   * @returns whether the point was come to: not every run has the same steps
   */
  async stop(point: Point, begin: () => Promise<unknown>): Promise<boolean> {
    this.steps.arm(point);
    let isOver = false;
    const action = begin().finally(() => (isOver = true));
    await this.steps.reached(() => isOver);
    await action;
    // What follows from it comes a little later.
    const until = Date.now() + 500;
    const wasReached = await this.steps.reached(() => Date.now() > until);
    this.steps.disarm();
    if (wasReached) tried += 1;
    return wasReached;
  }

  /** Stops the helper at a point of something, and makes good: by `adit recover` and by the next helper in turn. */
  async crash(point: Point, begin: () => Promise<unknown>): Promise<boolean> {
    if (!(await this.stop(point, begin))) return false;
    await this.adit.helper.exited;
    const where = this.where(point);
    if (this.#byRecover) {
      await this.recover();
      await this.expectNothingLeft(where);
      await this.adit.restartHelper();
    } else {
      await this.adit.restartHelper();
      await this.expectAsPromised(where);
    }
    this.#byRecover = !this.#byRecover;
    return true;
  }

  /** Takes the tunnel down, if it is up. */
  async down(): Promise<void> {
    await this.adit.run('down', 'home');
  }

  where({ at, when, whom }: Point): string {
    return `${whom} stopped ${when} step ${at}: ${this.steps.seen[at - 1] ?? ''}`;
  }

  /** A tunnel that the new helper holds works, and goes without a trace; where it holds none, there is none. */
  async expectAsPromised(where: string): Promise<void> {
    const { state } = await this.adit.status('home');
    if (state !== 'down') {
      await expect
        .poll(async () => (await this.adit.status('home')).state, { timeout: 20_000, message: where })
        .toBe('connected');
      await this.adit.done('down', 'home');
    }
    await this.expectNothingLeft(where);
  }

  /** What was stopped last may still be at its last words: a wg-quick without its helper, say. */
  async expectNothingLeft(where: string): Promise<void> {
    const change = difference(this.before, await networkSnapshot(this.scenario.client));
    expect(change, where).toEqual(nothing);
    expect(this.scenario.client.processes('wireguard-go'), where).toEqual([]);
  }

  async recover(): Promise<void> {
    await this.scenario.client.run([process.execPath, aditProgram, 'recover', '--dev', '--json'], {
      env: { ADIT_SOCKET: this.adit.socket, ADIT_HOME: this.adit.home },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.adit[Symbol.asyncDispose]();
    await this.scenario[Symbol.asyncDispose]();
  }
}

/**
 * The points of an action with so many steps, and of a few more, since not every run has the same.
 *
 * @param stride of the steps, where not all are tried: `npm run test:long` tries all
 */
function pointsOf(count: number, whom: Point['whom'], stride = 1): Point[] {
  const moments = isLong ? (['before', 'after'] as const) : (['before'] as const);
  return Array.from({ length: count + 2 }, (_, index) => index + 1)
    .filter((at) => isLong || at % stride === 0)
    .flatMap((at) => moments.map((when) => ({ at, when, whom })));
}

describeInLab('somebody is killed with -9', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const limit = { timeout: isLong ? 1_200_000 : 300_000 };

  test('the helper, at each step of up', limit, async () => {
    const { adit } = stage;
    const count = await stage.count(() => adit.done('up', 'home'));
    await stage.down();
    for (const point of pointsOf(count, 'helper')) {
      if (!(await stage.crash(point, () => adit.run('up', 'home')))) await stage.down();
    }
  });

  test('the helper, at each step of down', limit, async () => {
    const { adit } = stage;
    await adit.done('up', 'home');
    const count = await stage.count(() => adit.done('down', 'home'));
    for (const point of pointsOf(count, 'helper')) {
      await adit.done('up', 'home');
      await stage.crash(point, () => adit.run('down', 'home'));
    }
  });

  test('the helper, at each step of a roam', limit, async () => {
    const { adit, scenario } = stage;
    const roam = async (): Promise<void> => {
      await scenario.moveToOtherRouter('eth0');
      await sleep(400);
    };
    await adit.done('up', 'home', '--wait=20');
    const count = await stage.count(roam);
    await scenario.moveHome();
    for (const point of pointsOf(count, 'helper', 2)) {
      await adit.done('up', 'home', '--wait=20');
      if (await stage.stop(point, roam)) {
        await adit.helper.exited;
        await adit.restartHelper();
      }
      await expect
        .poll(() => callerSeenBy(scenario.client, webUrl, 1000).catch(() => null), {
          timeout: 20_000,
          message: stage.where(point),
        })
        .toBe(relayAddress);
      await scenario.moveHome();
      await stage.down();
      await scenario.client.settled();
      await stage.expectNothingLeft(stage.where(point));
    }
  });

  test('the engine, at each step of up', limit, async () => {
    const { adit } = stage;
    const count = await stage.count(() => adit.done('up', 'home'));
    await stage.down();
    for (const point of pointsOf(count, 'engine', 3)) {
      await stage.stop(point, () => adit.run('up', 'home'));
      // It is back where up went well; where it did not, nothing is left.
      await stage.expectAsPromised(stage.where(point));
    }
  });

  test('wg-quick, at each of its steps, where it makes the interface', limit, async () => {
    await using ofWgQuick = await Stage.open({ byWgQuick: true });
    const { adit, steps, scenario } = ofWgQuick;
    await steps.instrumentWgQuick(scenario.client);
    await adit.done('up', 'home');
    const count = steps.seenOfWgQuick.length;
    expect(count).toBeGreaterThan(2);
    await ofWgQuick.down();
    for (let at = 1; at <= count; at += 1) {
      steps.armWgQuick(at);
      const { code, value } = await adit.json('up', 'home');
      steps.disarm();
      tried += 1;
      const where = `wg-quick stopped before ${steps.seenOfWgQuick.at(-1) ?? ''}`;
      if (code !== 0) {
        expect(value, where).toMatchObject({
          error: { code: expect.not.stringMatching('internal-error') as string },
        });
        await ofWgQuick.expectNothingLeft(where);
      } else await ofWgQuick.expectAsPromised(where);
    }
  });

  test('the app, at each step of up: the tunnel is the helper’s affair by then', limit, async () => {
    const { adit, steps } = stage;
    const count = await stage.count(() => adit.done('up', 'home'));
    await stage.down();
    for (const point of pointsOf(count, 'caller', 8)) {
      steps.arm(point);
      const [program = '', ...words] = adit.argv('up', 'home');
      const app = spawn(program, words, { env: { ...process.env, ...adit.environment }, stdio: 'ignore' });
      const ended = once(app, 'exit');
      if (await steps.reached(() => app.exitCode !== null)) {
        app.kill('SIGKILL');
        tried += 1;
      }
      steps.go();
      await ended;
      steps.disarm();
      await expect
        .poll(async () => (await adit.status('home')).state, { timeout: 20_000, message: stage.where(point) })
        .toMatch(/^(connected|down|idle|handshaking)$/);
      await stage.expectAsPromised(stage.where(point));
    }
  });

  test('at 60 points at least', () => {
    expect(tried).toBeGreaterThanOrEqual(60);
  });
});
