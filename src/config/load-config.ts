import { createPublicKey } from 'node:crypto';
import { type Config, toConfig } from './config.js';
import { Environment, type VariableName, variables } from './variables.js';

export interface ConfigProblem {
  variable: VariableName;
  /** What the variable must be. Never what it was: values may be secrets, and errors end in logs. */
  problem: string;
}

/** All that is wrong with an environment, in one error, by variable name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      `unable to read configuration; ${problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ')}`,
    );
  }
}

type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** Variables of other systems share these names' starts, so only near misses of ours are worth a warning. */
const OUR_PREFIXES = [...new Set(Object.keys(variables).flatMap((name) => name.match(/^[A-Z]+_/) ?? []))].filter(
  (prefix) => prefix !== 'NODE_',
);

/** Compose files pass `NAME=` for what is not set: an empty value is an absent one. */
function withoutEmpty(raw: RawEnvironment): RawEnvironment {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== ''));
}

function crossProblems(env: Environment): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const embeddable = env.NODE_ENV !== 'production' || env.EMBEDDED;
  const hasDatabase = env.DATABASE_URL !== undefined || env.DATABASE_HOST !== undefined;
  const hasRedis = env.REDIS_URL !== undefined || env.REDIS_HOST !== undefined;
  if (!embeddable && !hasDatabase) {
    problems.push({ variable: 'DATABASE_URL', problem: 'is required in production (or set EMBEDDED=true)' });
  }
  if (!embeddable && !hasRedis) {
    problems.push({ variable: 'REDIS_URL', problem: 'is required in production (or set EMBEDDED=true)' });
  }
  if (hasRedis && !hasDatabase) {
    problems.push({
      variable: 'DATABASE_URL',
      problem: 'is required with Redis: instances that share Redis must share a database',
    });
  }
  if (env.JWT_SECRET !== undefined && env.JWT_PUBLIC_KEY !== undefined) {
    problems.push({ variable: 'JWT_PUBLIC_KEY', problem: 'cannot stand beside JWT_SECRET; set one of them' });
  }
  if (env.JWT_PUBLIC_KEY !== undefined && !isPublicKey(env.JWT_PUBLIC_KEY)) {
    problems.push({ variable: 'JWT_PUBLIC_KEY', problem: 'must be a public key in PEM form' });
  }
  return problems;
}

function isPublicKey(pem: string): boolean {
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}

function freezeDeep<T extends object>(value: T): Readonly<T> {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) {
      freezeDeep(child);
    }
  }
  return Object.freeze(value);
}

/**
 * Reads the configuration from an environment.
 *
 * @returns the frozen configuration, and one sentence for each variable that looks like a misspelt one of ours
 * @throws ConfigError naming every bad variable at once, with no value in it
 */
export function loadConfig(raw: RawEnvironment): { config: Readonly<Config>; warnings: string[] } {
  const present = withoutEmpty(raw);
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => ({ variable: issue.path[0] as VariableName, problem: issue.message })),
    );
  }
  const problems = crossProblems(parsed.data);
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  const warnings = Object.keys(present)
    .filter((name) => !Object.hasOwn(variables, name) && OUR_PREFIXES.some((prefix) => name.startsWith(prefix)))
    .map((name) => `unknown variable ${name} is ignored; is it misspelt?`);
  return { config: freezeDeep(toConfig(parsed.data)), warnings };
}
