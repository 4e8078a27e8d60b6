import { createPublicKey } from 'node:crypto';
import { attachmentProblems } from './attachment-problems.js';
import { type Config, toConfig } from './config.js';
import type { ConfigProblem, RawEnvironment } from './config-problem.js';
import { Environment, type VariableName, variables } from './variables.js';

/** All that is wrong with an environment, in one error, by variable name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      `unable to read configuration; ${problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ')}`,
    );
  }
}

/** Variables of other systems share these names' starts, so only near misses of ours are worth a warning. */
const OUR_PREFIXES = [...new Set(Object.keys(variables).flatMap((name) => name.match(/^[A-Z][A-Z\d]*_/) ?? []))].filter(
  (prefix) => prefix !== 'NODE_',
);

/** Compose files pass `NAME=` for what is not set: an empty value is an absent one. */
function withoutEmpty(raw: RawEnvironment): RawEnvironment {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== ''));
}

/**
 * Problems between variables. Reads what is there even where another variable is bad, so that one start tells everything;
 * a bad value counts as absent here, its own problem is told elsewhere.
 */
function crossProblems(present: RawEnvironment): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const has = (name: VariableName) => present[name] !== undefined;
  const embedded = variables.EMBEDDED.safeParse(present.EMBEDDED).data === true;
  const demanding = present.NODE_ENV === 'production' && !embedded;
  const hasDatabase = has('DATABASE_URL') || has('DATABASE_HOST');
  const hasRedis = has('REDIS_URL') || has('REDIS_HOST');
  if (demanding && !hasDatabase) {
    problems.push({ variable: 'DATABASE_URL', problem: 'is required in production (or set EMBEDDED=true)' });
  }
  if (demanding && !hasRedis) {
    problems.push({ variable: 'REDIS_URL', problem: 'is required in production (or set EMBEDDED=true)' });
  }
  if (!demanding && hasRedis && !hasDatabase) {
    problems.push({
      variable: 'DATABASE_URL',
      problem: 'is required with Redis: instances that share Redis must share a database',
    });
  }
  if (has('JWT_SECRET') && has('JWT_PUBLIC_KEY')) {
    problems.push({ variable: 'JWT_PUBLIC_KEY', problem: 'cannot stand beside JWT_SECRET; set one of them' });
  }
  const developmentTokens = variables.DEVELOPMENT_TOKENS.safeParse(present.DEVELOPMENT_TOKENS).data === true;
  if (present.NODE_ENV === 'production' && developmentTokens) {
    problems.push({
      variable: 'DEVELOPMENT_TOKENS',
      problem: 'cannot be true in production: it lets anybody be anybody',
    });
  }
  const publicKey = variables.JWT_PUBLIC_KEY.safeParse(present.JWT_PUBLIC_KEY).data;
  if (publicKey !== undefined && !isPublicKey(publicKey)) {
    problems.push({ variable: 'JWT_PUBLIC_KEY', problem: 'must be a public key in PEM form' });
  }
  return [...problems, ...attachmentProblems(present)];
}

function isPublicKey(pem: string): boolean {
  // Node derives the public half of a private key, which has no business in a service that only verifies.
  if (pem.includes('PRIVATE KEY')) {
    return false;
  }
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
 * Reads the configuration from an environment, by default that of the process.
 *
 * @returns the frozen configuration, and one sentence for each variable that looks like a misspelt one of ours
 * @throws ConfigError naming every bad variable at once, with no value in it
 */
export function loadConfig(raw: RawEnvironment = process.env): { config: Readonly<Config>; warnings: string[] } {
  const present = withoutEmpty(raw);
  const parsed = Environment.safeParse(present);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      variable: issue.path[0] as VariableName,
      problem: issue.message,
    })),
    ...crossProblems(present),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems);
  }
  const warnings = Object.keys(present)
    .filter((name) => !Object.hasOwn(variables, name) && OUR_PREFIXES.some((prefix) => name.startsWith(prefix)))
    .map((name) => `unknown variable ${name} is ignored; is it misspelt?`);
  return { config: freezeDeep(toConfig(parsed.data)), warnings };
}
