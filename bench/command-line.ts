import { parseArgs } from 'node:util';
import type { Scenario } from './scenario.js';

export interface Orders {
  scenarios: readonly Scenario[];
  /** Settings given by hand, by name; a scenario takes those it knows. */
  overrides: Readonly<Record<string, number>>;
  /** Keep the results in RESULTS.md. */
  record: boolean;
  /** Take CPU profiles of the servers. Costs CPU: such figures are not for keeping. */
  profile: boolean;
  /** Run the baselines with the heap that Node gives by default, instead of the flags that the service ships with. */
  defaultHeap: boolean;
  help: boolean;
}

/**
 * Reads `[scenario ...] [--record] [--profile] [--default-heap] [--<setting> N ...]`.
 *
 * @throws Error that names an unknown scenario or setting, or a setting that is no positive number
 */
export function readOrders(args: readonly string[], known: readonly Scenario[]): Orders {
  const settings = new Set(known.flatMap(({ options }) => Object.keys(options)));
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      record: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      'default-heap': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...Object.fromEntries([...settings].map((name) => [name, { type: 'string' as const }])),
    },
  });
  const { record, profile, help, 'default-heap': defaultHeap } = values;
  const given = Object.entries(values).filter(([name]) => settings.has(name));
  const overrides = Object.fromEntries(given.map(([name, text]) => [name, positive(name, text)]));
  if (record === true && profile === true) {
    throw new Error('unable to record a profiled run; profiling costs CPU that the figures would count');
  }
  if (record === true && defaultHeap === true) {
    throw new Error('unable to record a run with --default-heap; what is kept compares servers with the same heap');
  }
  return {
    scenarios: chosen(positionals, known),
    overrides,
    record: record === true,
    profile: profile === true,
    defaultHeap: defaultHeap === true,
    help: help === true,
  };
}

export function helpText(known: readonly Scenario[]): string {
  const sections = known.map(({ name, summary, options }) => {
    const lines = Object.entries(options).map(
      ([option, { default: value, meaning }]) => `    --${option} N  ${meaning} (default ${value})`,
    );
    return `  ${name}: ${summary}\n${lines.join('\n')}`;
  });
  return `npm run bench -- [scenario ...] [--record] [--profile] [--default-heap] [--<setting> N ...]\n\n${sections.join('\n\n')}\n`;
}

function chosen(names: readonly string[], known: readonly Scenario[]): readonly Scenario[] {
  if (names.length === 0) {
    return known;
  }
  return names.map((name) => {
    const scenario = known.find((candidate) => candidate.name === name);
    if (scenario === undefined) {
      throw new Error(`unable to run ${name}; the scenarios are ${known.map((one) => one.name).join(', ')}`);
    }
    return scenario;
  });
}

function positive(name: string, text: unknown): number {
  const value = Number(text);
  if (!(value > 0)) {
    throw new Error(`unable to set ${name}; it must be a positive number`);
  }
  return value;
}
