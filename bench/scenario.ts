import type { Testbed } from './testbed.js';

export interface NumberOption {
  default: number;
  meaning: string;
}

/** A figure that a scenario is judged by. */
export interface Verdict {
  figure: string;
  value: number;
  /** The bound, and on which side of it `value` must lie. */
  limit: number;
  must: 'stay below' | 'reach' | 'be';
}

/** A drawing that goes with the table. */
export interface Plot {
  /** What it shows, for those who do not see it. */
  alt: string;
  svg: string;
}

/** Text that goes with the table as it is: a query plan, for example. */
export interface Attachment {
  title: string;
  text: string;
}

export interface Outcome {
  columns: readonly string[];
  rows: ReadonlyArray<readonly string[]>;
  verdicts: readonly Verdict[];
  plot?: Plot;
  attachments?: readonly Attachment[];
  /** Every round's figures by subject: what the table sums up. */
  measurements: Readonly<Record<string, readonly unknown[]>>;
}

export interface Scenario {
  name: string;
  summary: string;
  options: Readonly<Record<string, NumberOption>>;
  run(settings: Readonly<Record<string, number>>, testbed: Testbed): Promise<Outcome>;
}

interface ScenarioDefinition<O extends Readonly<Record<string, NumberOption>>>
  extends Omit<Scenario, 'run' | 'options'> {
  options: O;
  run(settings: Readonly<Record<keyof O, number>>, testbed: Testbed): Promise<Outcome>;
}

/** Gives `run` its settings by the names that `options` declares. */
export function defineScenario<const O extends Readonly<Record<string, NumberOption>>>(
  definition: ScenarioDefinition<O>,
): Scenario {
  return { ...definition, run: (settings, testbed) => definition.run(settings as Record<keyof O, number>, testbed) };
}

export function reached({ value, limit, must }: Verdict): boolean {
  switch (must) {
    case 'reach':
      return value >= limit;
    case 'stay below':
      return value < limit;
    case 'be':
      return value === limit;
  }
}
