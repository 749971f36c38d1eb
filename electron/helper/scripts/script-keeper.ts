import { faultOf } from '../../../shared/fault.ts';
import { keysWithCommands, noScripts, scriptLimits } from '../../../shared/tunnel/scripts.ts';
import type { RefusedKey, ScriptKey } from '../../../shared/tunnel/scripts.ts';
import type { TunnelWarning } from '../../../shared/tunnel/status.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import type { Log } from '../system/log.ts';
import { readPasswd } from '../system/passwd.ts';
import type { Programs } from '../system/programs.ts';
import { refusalWarnings, scriptFailed, scriptsRefused } from './faults.ts';
import { allowsScriptsOf } from './policy.ts';
import { readPolicyFile } from './policy-file.ts';
import type { PolicyReading } from './policy-file.ts';
import { runCommand } from './run-command.ts';
import type { CommandOutcome } from './run-command.ts';

/** A tunnel as root's policy lets it be. */
export interface ScriptRuling {
  /** Without commands where they are not allowed: nothing that is not to run goes any further. */
  readonly tunnel: Tunnel;
  /** What was taken out. */
  readonly leftOut: readonly RefusedKey[];
  readonly warnings: readonly TunnelWarning[];
}

/** What the keeper works with. */
export interface ScriptSurroundings {
  readonly programs: Programs;
  /** The user whose tunnels they are. */
  readonly owner: number;
  readonly log: Log;
}

/**
 * Runs the scripts of tunnels where root's policy allows them to the owner, and nowhere else. The policy is read each time: before a tunnel comes
 * up, and again before the commands of each key.
 */
export class ScriptKeeper {
  readonly #surroundings: ScriptSurroundings;

  constructor(surroundings: ScriptSurroundings) {
    this.#surroundings = surroundings;
  }

  /** What of a tunnel's wishes the policy lets stand. */
  rule(tunnel: Tunnel): ScriptRuling {
    return this.#rule(tunnel).ruling;
  }

  /**
   * The same, for a tunnel that is to come up.
   *
   * @param accept codes of faults that somebody has decided to go on in spite of
   * @throws FaultError `scripts-refused` where something would be left out and nobody has decided so
   */
  ruleForUp(tunnel: Tunnel, accept: readonly string[]): ScriptRuling {
    const { ruling, reading } = this.#rule(tunnel);
    const { owner } = this.#surroundings;
    if (ruling.leftOut.length > 0 && !accept.includes('scripts-refused'))
      throw scriptsRefused({ name: tunnel.name, keys: ruling.leftOut, owner, reading });
    return ruling;
  }

  /**
   * Runs the commands of a key for a tunnel that is to come up, one after another.
   *
   * @throws FaultError `script-failed` at the first that fails, and none after it runs; `scripts-refused` where the policy has changed since
   * the ruling
   */
  async run(key: ScriptKey, tunnel: Tunnel): Promise<void> {
    if (tunnel.scripts[key].length === 0) return;
    const { ruling, reading } = this.#rule(tunnel);
    if (ruling.leftOut.includes(key))
      throw scriptsRefused({ name: tunnel.name, keys: [key], owner: this.#surroundings.owner, reading });
    for (const [index, command] of tunnel.scripts[key].entries()) {
      const outcome = await this.#runCommand(tunnel, key, index + 1, command);
      if (outcome.end !== 'done') throw scriptFailed(tunnel.interface, key, index + 1, outcome);
    }
  }

  /** Runs all commands of a key, whatever comes of them: a tunnel goes down for all that, or comes back. What fails is logged. */
  async runAnyway(key: ScriptKey, tunnel: Tunnel): Promise<void> {
    if (tunnel.scripts[key].length === 0) return;
    const { log } = this.#surroundings;
    const facts = { interface: tunnel.interface, key };
    if (this.rule(tunnel).leftOut.includes(key)) {
      log('scripts-not-run', { ...facts, reason: 'the policy does not allow them any more' });
      return;
    }
    try {
      for (const [index, command] of tunnel.scripts[key].entries())
        await this.#runCommand(tunnel, key, index + 1, command);
    } catch (error) {
      log('scripts-not-run', { ...facts, reason: faultOf(error).message });
    }
  }

  #rule(tunnel: Tunnel): { ruling: ScriptRuling; reading: PolicyReading } {
    const wanted = keysWithCommands(tunnel.scripts);
    const reading: PolicyReading = wanted.length === 0 ? { kind: 'missing' } : this.#readPolicy();
    const { owner } = this.#surroundings;
    const isAllowed = reading.kind === 'read' && allowsScriptsOf(owner, reading.policy, readPasswd());
    const leftOut: RefusedKey[] = [
      ...(isAllowed ? [] : wanted),
      ...(tunnel.saveConfig ? (['SaveConfig'] as const) : []),
    ];
    const refusal = { name: tunnel.name, keys: leftOut, owner, reading };
    return {
      reading,
      ruling: {
        tunnel: isAllowed ? tunnel : { ...tunnel, scripts: noScripts },
        leftOut,
        warnings: leftOut.length === 0 ? [] : refusalWarnings(refusal),
      },
    };
  }

  #readPolicy(): PolicyReading {
    const reading = readPolicyFile();
    if (reading.kind === 'untrusted' || reading.kind === 'invalid')
      this.#surroundings.log(`policy-${reading.kind}`, { reason: reading.reason });
    return reading;
  }

  async #runCommand(tunnel: Tunnel, key: ScriptKey, turn: number, command: string): Promise<CommandOutcome> {
    const { programs, log, owner } = this.#surroundings;
    const line = command.replaceAll('%i', () => tunnel.interface);
    const outcome = await runCommand(programs.path('bash'), line, scriptLimits.seconds * 1000);
    log(outcome.end === 'done' ? 'script-ran' : 'script-failed', {
      uid: owner,
      interface: tunnel.interface,
      key,
      command: turn,
      end: outcome.end,
      exit: outcome.exitCode ?? 'none',
      output: outcome.output.join('\n'),
    });
    return outcome;
  }
}
