import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/load-config.js';

const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/marketplace', REDIS_URL: 'redis://cache' };

/** The error that refuses an environment. */
function refusal(env: Record<string, string>): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
  throw new Error('the environment was accepted');
}

function refusedVariables(env: Record<string, string>): string[] {
  return refusal(env).problems.map(({ variable }) => variable);
}

describe('a bad environment', () => {
  it('is refused with all its problems at once, those between variables too', () => {
    const error = refusal({
      NODE_ENV: 'production',
      PORT: '65536',
      LOG_LEVEL: 'loud',
      MAX_FRAME_BYTES: '1e6',
      JWT_SECRET: 'one',
      JWT_PUBLIC_KEY: 'two',
    });

    expect(error.problems.map(({ variable }) => variable).toSorted()).toEqual([
      'DATABASE_URL',
      'JWT_PUBLIC_KEY',
      'JWT_PUBLIC_KEY',
      'LOG_LEVEL',
      'MAX_FRAME_BYTES',
      'PORT',
      'REDIS_URL',
    ]);
    expect(error.message).toMatch(/^unable to read configuration; PORT must be a whole number from 0 to 65535; /);
    for (const { variable, problem } of error.problems) {
      expect(error.message).toContain(`${variable} ${problem}`);
    }
  });

  it.each([
    ['DATABASE_URL', 'mysql://user:hush@db/one'],
    ['DATABASE_URL', 'postgres://user:hush@db:99999/one'],
    ['DATABASE_URL', 'postgres:user:hush'],
    ['DATABASE_HOST', 'user:hush@db'],
    ['DATABASE_HOST', '/run/hush'],
    ['DATABASE_PORT', 'hush'],
    ['REDIS_URL', 'http://:hush@cache'],
    ['REDIS_HOST', 'cache:6379?hush'],
    ['REDIS_CHANNEL_PREFIX', 'hush hush'],
    ['MARKETPLACE_API_URL', 'ftp://user:hush@api'],
    ['MARKETPLACE_API_URL', 'user:hush@api'],
    ['AUTH_VALIDATE_PATH', 'hush'],
    ['FRONTEND_URL', 'https://user:hush@shop.example'],
    ['JWT_PUBLIC_KEY', '-----BEGIN hush'],
    ['EMBEDDED', 'hush'],
    ['NODE_ENV', 'hush'],
  ])('is refused by the name %s, and never tells the value', (variable, value) => {
    // DATABASE_HOST is there so that Redis alone is not one more problem.
    const error = refusal({ DATABASE_HOST: 'db', [variable]: value });

    expect(error.problems.map((problem) => problem.variable)).toEqual([variable]);
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('hush');
  });

  it.each(['-1', '1.5', ' 1', '1e3', '0x10', 'NaN', '99999999999999999999'])('is refused for the port %j', (PORT) => {
    expect(refusedVariables({ PORT })).toEqual(['PORT']);
  });
});

describe('production', () => {
  it('demands a database and Redis', () => {
    expect(refusedVariables({ NODE_ENV: 'production' })).toEqual(['DATABASE_URL', 'REDIS_URL']);
    expect(refusedVariables({ NODE_ENV: 'production', DATABASE_URL: production.DATABASE_URL })).toEqual(['REDIS_URL']);
    expect(refusedVariables({ NODE_ENV: 'production', REDIS_URL: production.REDIS_URL })).toEqual(['DATABASE_URL']);
  });

  it('is content with either spelling of them', () => {
    expect(loadConfig(production).config.environment).toBe('production');
    expect(
      loadConfig({ NODE_ENV: 'production', DATABASE_HOST: 'db', REDIS_HOST: 'cache' }).config.redis,
    ).not.toBeNull();
  });

  it('runs embedded only when told to', () => {
    expect(loadConfig({ NODE_ENV: 'production', EMBEDDED: 'true' }).config.database.engine).toBe('embedded');
    expect(refusedVariables({ NODE_ENV: 'production', EMBEDDED: 'false' })).toEqual(['DATABASE_URL', 'REDIS_URL']);
  });
});

describe('Redis without a shared database', () => {
  it.each([{}, { EMBEDDED: 'true' }, { NODE_ENV: 'production', EMBEDDED: 'true' }])(
    'is refused, also with %o',
    (env) => {
      expect(refusedVariables({ ...env, REDIS_URL: 'redis://cache' })).toEqual(['DATABASE_URL']);
    },
  );
});

describe('dialects and development tokens', () => {
  it('let nobody be anybody in production', () => {
    expect(refusedVariables({ ...production, DEVELOPMENT_TOKENS: 'true' })).toEqual(['DEVELOPMENT_TOKENS']);
    expect(loadConfig({ ...production, DEVELOPMENT_TOKENS: 'false' }).config.auth.developmentTokens).toBe(false);
    expect(loadConfig({ DEVELOPMENT_TOKENS: 'true' }).config.auth.developmentTokens).toBe(true);
  });

  it.each([
    ['DIALECTS', 'rooms,klingon'],
    ['DIALECTS', 'canonical'],
    ['DEFAULT_DIALECT', 'klingon'],
    ['LOGIN_TIMEOUT_SECONDS', '0'],
  ])('cannot have %s=%s', (variable, value) => {
    expect(refusedVariables({ [variable]: value })).toEqual([variable]);
  });

  it('takes dialects by name and by number, once each', () => {
    expect(loadConfig({ DIALECTS: '002, Rooms,conversations', DEFAULT_DIALECT: '003' }).config.dialects).toEqual({
      enabled: ['conversations', 'rooms', 'live'],
      default: 'live',
      loginTimeoutSeconds: 10,
    });
  });
});
