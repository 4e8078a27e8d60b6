/** Where the suites on real services find PostgreSQL and Redis. Pure: what is on the machine comes in as facts. */

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

export interface RedisBinaries {
  redisServer: string;
}

export type Source<Binaries> =
  | { kind: 'given'; url: string }
  | { kind: 'docker' }
  | { kind: 'binaries'; binaries: Binaries };

export interface MachineFacts {
  env: Readonly<Record<string, string | undefined>>;
  /** Asked only when a URL is missing: looking for an engine takes time. */
  dockerAnswers(): Promise<boolean>;
  findPostgres(): Promise<PostgresBinaries | null>;
  findRedis(): Promise<RedisBinaries | null>;
}

export type Choice =
  /** Sources in order of preference; a later one stands in when an earlier one fails to start. Never empty. */
  | { kind: 'run'; postgres: Source<PostgresBinaries>[]; redis: Source<RedisBinaries>[] }
  | { kind: 'skip'; line: string }
  | { kind: 'fail'; line: string };

/** Whether a suite that cannot run must fail instead of being skipped: a green CI run has run everything. */
export function skippingFails(env: MachineFacts['env']): boolean {
  return !['', 'false', '0', undefined].includes(env.CI);
}

/**
 * A URL that was given is the only source: falling back from it would test another server than the one asked for.
 * Docker goes before binaries because its versions are pinned; binaries stay behind it for an engine that answers
 * but cannot pull images.
 */
function sourcesOf<Binaries>(url: string | undefined, docker: boolean, binaries: Binaries | null): Source<Binaries>[] {
  if (url) {
    return [{ kind: 'given', url }];
  }
  const sources: Source<Binaries>[] = docker ? [{ kind: 'docker' }] : [];
  return binaries === null ? sources : [...sources, { kind: 'binaries', binaries }];
}

export async function chooseSources(facts: MachineFacts): Promise<Choice> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = facts.env;
  const docker = databaseUrl && redisUrl ? false : await facts.dockerAnswers();
  const postgres = sourcesOf(databaseUrl, docker, databaseUrl ? null : await facts.findPostgres());
  const redis = sourcesOf(redisUrl, docker, redisUrl ? null : await facts.findRedis());
  if (postgres.length > 0 && redis.length > 0) {
    return { kind: 'run', postgres, redis };
  }
  const missing = [
    ...(postgres.length === 0 ? [{ variable: 'TEST_DATABASE_URL', package: 'postgresql' }] : []),
    ...(redis.length === 0 ? [{ variable: 'TEST_REDIS_URL', package: 'redis-server' }] : []),
  ];
  const packages = missing.map((service) => service.package).join(' and ');
  const variables = missing.map((service) => service.variable).join(' and ');
  const remedy = `install ${packages}, or start Docker, or set ${variables}`;
  return skippingFails(facts.env)
    ? { kind: 'fail', line: `unable to run the suites on real services; ${remedy}` }
    : { kind: 'skip', line: `Suites on real services are skipped: ${remedy}.` };
}
