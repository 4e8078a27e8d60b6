import type { VariableName } from './variables.js';

export type RawEnvironment = Readonly<Record<string, string | undefined>>;

export interface ConfigProblem {
  variable: VariableName;
  /** What the variable must be. Never what it was: values may be secrets, and errors end in logs. */
  problem: string;
}
