import { describe, expect, it, vi } from 'vitest';
import { chooseSources, type MachineFacts, skippingFails } from '../../support/services/source-choice.js';

const postgresBinaries = { initdb: '/opt/initdb', postgres: '/opt/postgres' };
const redisBinaries = { redisServer: '/opt/redis-server' };
const bothUrls = { TEST_DATABASE_URL: 'postgres://db/one', TEST_REDIS_URL: 'redis://cache' };

/** A machine with nothing on it, but for what the test says. */
function machine(facts: Partial<MachineFacts> = {}): MachineFacts {
  return {
    env: {},
    dockerAnswers: async () => false,
    findPostgres: async () => null,
    findRedis: async () => null,
    ...facts,
  };
}

const fullMachine = machine({
  dockerAnswers: async () => true,
  findPostgres: async () => postgresBinaries,
  findRedis: async () => redisBinaries,
});

describe('the source of PostgreSQL and Redis for tests', () => {
  it('is the given URLs before everything else, with no search and nothing to fall back on', async () => {
    const dockerAnswers = vi.fn(async () => true);

    const choice = await chooseSources({ ...fullMachine, env: bothUrls, dockerAnswers });

    expect(choice).toEqual({
      kind: 'run',
      postgres: [{ kind: 'given', url: 'postgres://db/one' }],
      redis: [{ kind: 'given', url: 'redis://cache' }],
    });
    expect(dockerAnswers).not.toHaveBeenCalled();
  });

  it('is Docker where an engine answers, with binaries behind it', async () => {
    expect(await chooseSources(fullMachine)).toEqual({
      kind: 'run',
      postgres: [{ kind: 'docker' }, { kind: 'binaries', binaries: postgresBinaries }],
      redis: [{ kind: 'docker' }, { kind: 'binaries', binaries: redisBinaries }],
    });
  });

  it('is binaries where no engine answers', async () => {
    expect(await chooseSources({ ...fullMachine, dockerAnswers: async () => false })).toEqual({
      kind: 'run',
      postgres: [{ kind: 'binaries', binaries: postgresBinaries }],
      redis: [{ kind: 'binaries', binaries: redisBinaries }],
    });
  });

  it('is chosen for each of the two by itself', async () => {
    const env = { TEST_DATABASE_URL: 'postgres://db/one' };

    expect(await chooseSources(machine({ env, findRedis: async () => redisBinaries }))).toEqual({
      kind: 'run',
      postgres: [{ kind: 'given', url: 'postgres://db/one' }],
      redis: [{ kind: 'binaries', binaries: redisBinaries }],
    });
  });

  it('is missing on a bare machine: the suites are skipped with one line that says what to install', async () => {
    expect(await chooseSources(machine())).toEqual({
      kind: 'skip',
      line: 'Suites on real services are skipped: install postgresql and redis-server, or start Docker, or set TEST_DATABASE_URL and TEST_REDIS_URL.',
    });
  });

  it('names only the one that is missing', async () => {
    const choice = await chooseSources(machine({ findPostgres: async () => postgresBinaries }));

    expect(choice).toEqual({
      kind: 'skip',
      line: 'Suites on real services are skipped: install redis-server, or start Docker, or set TEST_REDIS_URL.',
    });
  });

  it('treats an empty URL as none', async () => {
    const choice = await chooseSources(machine({ env: { TEST_DATABASE_URL: '', TEST_REDIS_URL: '' } }));

    expect(choice.kind).toBe('skip');
  });

  it('is demanded in CI: a missing one fails the run', async () => {
    expect(await chooseSources(machine({ env: { CI: 'true', TEST_REDIS_URL: 'redis://cache' } }))).toEqual({
      kind: 'fail',
      line: 'unable to run the suites on real services; install postgresql, or start Docker, or set TEST_DATABASE_URL',
    });
  });

  it.each([
    ['true', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['0', false],
    ['', false],
    [undefined, false],
  ])('reads CI=%s as %s', (CI, fails) => {
    expect(skippingFails({ CI })).toBe(fails);
  });
});
