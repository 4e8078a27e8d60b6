import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';

const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/marketplace', REDIS_URL: 'redis://cache' };

describe('the configuration', () => {
  it('of an empty environment is a development service on its embedded engines', () => {
    const { config, warnings } = loadConfig({});

    expect(config).toMatchObject({
      environment: 'development',
      http: { port: 3001, allowedOrigins: ['http://localhost:3000'] },
      database: { engine: 'embedded', dataDir: './data' },
      redis: null,
      auth: { marketplaceApiUrl: 'http://localhost:3000', validatePath: '/auth/me', verificationKey: null },
    });
    expect(warnings).toEqual([]);
  });

  it('is frozen in all its parts', () => {
    const { config } = loadConfig({ ...production, JWT_SECRET: 'a secret' });
    const parts = [config, ...Object.values(config), config.auth.verificationKey, config.http.allowedOrigins];

    expect(parts.filter((part) => typeof part === 'object' && !Object.isFrozen(part))).toEqual([]);
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
  });

  it('takes an empty variable for an absent one', () => {
    const named = ['PORT', 'DATABASE_URL', 'REDIS_HOST', 'JWT_SECRET', 'FRONTEND_URL', 'EMBEDDED'];

    expect(loadConfig(Object.fromEntries(named.map((name) => [name, ''])))).toEqual(loadConfig({}));
  });

  it('leaves what it does not know alone', () => {
    expect(loadConfig({ HOME: '/root', PATH: '/bin', NODE_OPTIONS: '' }).warnings).toEqual([]);
  });

  it('warns about names that look like misspelt ones, without their values', () => {
    const { warnings } = loadConfig({ REDIS_PASWORD: 'secret', DATABASE_SSL: 'yes', AUTH_CACHE_TTL: '1' });

    expect(warnings).toEqual([
      'unknown variable REDIS_PASWORD is ignored; is it misspelt?',
      'unknown variable DATABASE_SSL is ignored; is it misspelt?',
      'unknown variable AUTH_CACHE_TTL is ignored; is it misspelt?',
    ]);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('reads the flag %s as %s', (MIGRATE_ON_START, expected) => {
    expect(loadConfig({ MIGRATE_ON_START }).config.database.migrateOnStart).toBe(expected);
  });
});

describe('ADMIN_API_KEYS', () => {
  it('is none unless set, and a list of keys else', () => {
    const [one, other] = ['k'.repeat(32), `${'k'.repeat(40)}+/=`];
    expect(loadConfig({}).config.admin.apiKeys).toEqual([]);
    expect(loadConfig({ ADMIN_API_KEYS: one }).config.admin.apiKeys).toEqual([one]);
    expect(loadConfig({ ADMIN_API_KEYS: ` ${one}, ${other}` }).config.admin.apiKeys).toEqual([one, other]);
  });

  it.each([
    'k'.repeat(31),
    `${'k'.repeat(32)},short`,
    `${'k'.repeat(32)},`,
    `${'k'.repeat(20)} ${'k'.repeat(20)}`,
    'ü'.repeat(40),
  ])('does not take %j, and does not repeat it', (value) => {
    expect(() => loadConfig({ ADMIN_API_KEYS: value })).toThrow(/ADMIN_API_KEYS must be .* at least 32 characters/);
    expect(() => loadConfig({ ADMIN_API_KEYS: value })).not.toThrow(value);
  });
});

describe('FRONTEND_URL', () => {
  it('is a list of origins; blanks and a slash at the end do not matter', () => {
    const { config } = loadConfig({
      FRONTEND_URL: 'https://shop.example/, http://localhost:5173 ,https://a.example:8443',
    });

    expect(config.http.allowedOrigins).toEqual([
      'https://shop.example',
      'http://localhost:5173',
      'https://a.example:8443',
    ]);
  });

  it.each(['*', 'https://*.example', 'shop.example', 'https://shop.example/path', 'https://shop.example,', 'null'])(
    'refuses %s',
    (FRONTEND_URL) => {
      expect(() => loadConfig({ FRONTEND_URL })).toThrow(/FRONTEND_URL must be a comma-separated list of origins/);
    },
  );
});

describe('the parts of the PostgreSQL address', () => {
  const parts = { DATABASE_HOST: 'db.internal', DATABASE_NAME: 'market place', DATABASE_USER: 'chat@svc' };

  it('reach the driver unchanged, special characters included', () => {
    const DATABASE_PASSWORD = 'p@ss/w:rd?#[%41] &é "\'\\';
    const { config } = loadConfig({ ...parts, DATABASE_PORT: '6432', DATABASE_PASSWORD });
    const client = new Client({ connectionString: config.database.url });

    expect(config.database.engine).toBe('postgres');
    expect(client).toMatchObject({
      host: 'db.internal',
      port: 6432,
      database: 'market place',
      user: 'chat@svc',
      password: DATABASE_PASSWORD,
    });
  });

  it('have the defaults of PostgreSQL', () => {
    expect(loadConfig({ DATABASE_HOST: 'db' }).config.database.url).toBe('postgres://postgres@db:5432/marketplace');
  });

  it('give way to DATABASE_URL', () => {
    const DATABASE_URL = 'postgres://one:two@three:4/five';

    expect(loadConfig({ ...parts, DATABASE_URL }).config.database.url).toBe(DATABASE_URL);
  });

  it('may name an IPv6 address', () => {
    const { config } = loadConfig({ DATABASE_HOST: '::1', REDIS_HOST: 'fd00::2' });

    expect(new URL(config.database.url).host).toBe('[::1]:5432');
    expect(config.redis?.url).toBe('redis://[fd00::2]:6379');
  });
});

describe('the parts of the Redis address', () => {
  it('make a URL', () => {
    const { config } = loadConfig({
      DATABASE_HOST: 'db',
      REDIS_HOST: 'cache',
      REDIS_PORT: '6380',
      REDIS_PASSWORD: 'a/b@c',
    });

    expect(config.redis).toEqual({ url: 'redis://:a%2Fb%40c@cache:6380', channelPrefix: 'chat:socket.io' });
  });

  it('give way to REDIS_URL', () => {
    const { config } = loadConfig({ DATABASE_HOST: 'db', REDIS_HOST: 'cache', REDIS_URL: 'rediss://other:1/2' });

    expect(config.redis?.url).toBe('rediss://other:1/2');
  });
});
