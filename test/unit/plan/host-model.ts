import type { Address, Family } from '../../../shared/network/address.ts';
import type { Resource, RuleResource } from '../../../shared/network/plan/resources.ts';
import { contains } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';

/** A route as the kernel keeps it. */
export interface Route {
  readonly prefix: Prefix;
  readonly device: string;
  readonly metric: number;
}

const mainTable = 254;
const mainPriority = 32_766;

/**
 * A host's routing as Linux does it: rules in the order of their priority; each asks a table for its longest prefix, of
 * equals the lowest metric; an answer that a rule suppresses, or none, goes on to the next rule.
 *
 * @see linux net/core/fib_rules.c fib_rules_lookup; net/ipv4/fib_rules.c fib4_rule_suppress
 */
export class HostModel {
  readonly #tables = new Map<number, Route[]>();
  readonly #rules: RuleResource[];

  constructor(main: readonly Route[], resources: readonly Resource[]) {
    this.#tables.set(mainTable, [...main]);
    for (const resource of resources) {
      if (resource.kind !== 'route') continue;
      const { table, prefix, metric } = resource;
      this.#tables.set(table, [
        ...(this.#tables.get(table) ?? []),
        { prefix, metric, device: resource.interface },
      ]);
    }
    this.#rules = resources
      .filter((resource) => resource.kind === 'rule')
      .sort((a, b) => a.priority - b.priority);
  }

  /** The route that a packet takes; null where there is none. */
  lookUp(destination: Address, mark: number): Route | null {
    for (const rule of this.#rulesOf(destination.family)) {
      if (rule.exceptMark === mark) continue;
      const { action } = rule;
      const route = this.#inTable(action.kind === 'main' ? mainTable : action.table, destination);
      const isSuppressed =
        action.kind === 'main' && route !== null && route.prefix.length <= action.longerThan;
      if (route !== null && !isSuppressed) return route;
    }
    return this.#inTable(mainTable, destination);
  }

  #rulesOf(family: Family): RuleResource[] {
    return this.#rules.filter((rule) => rule.family === family && rule.priority < mainPriority);
  }

  #inTable(table: number, destination: Address): Route | null {
    const [best] = (this.#tables.get(table) ?? [])
      .filter(({ prefix }) => contains(prefix, destination))
      .sort((a, b) => b.prefix.length - a.prefix.length || a.metric - b.metric);
    return best ?? null;
  }
}
