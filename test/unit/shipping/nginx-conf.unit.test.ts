import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../../src/config/load-config.js';

const root = new URL('../../../', import.meta.url);
const conf = readFileSync(new URL('deploy/nginx.conf', root), 'utf8');
const { services } = z
  .object({
    services: z.looseObject({
      nginx: z.object({ ports: z.array(z.string()), healthcheck: z.object({ test: z.array(z.string()) }) }),
    }),
  })
  .parse(parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), { merge: true }));

function seconds(directive: string): number {
  return Number(new RegExp(`${directive} (\\d+)s;`).exec(conf)?.[1]);
}

/** What the real nginx does with the file is seen in the suites on real services. */
describe('deploy/nginx.conf', () => {
  it('waits longer for an instance than the service waits for a heartbeat', () => {
    const { pingIntervalMs, pingTimeoutMs } = loadConfig({}).config.socket;

    expect(seconds('proxy_read_timeout') * 1_000).toBeGreaterThan(pingIntervalMs + pingTimeoutMs);
    expect(seconds('proxy_send_timeout') * 1_000).toBeGreaterThan(pingIntervalMs + pingTimeoutMs);
  });

  it('balances over the instances of docker-compose.yml, on the port they listen on', () => {
    const servers = [...conf.matchAll(/^\s*server ([\w-]+):(\d+)/gm)].map(([, host, port]) => ({ host, port }));
    const instances = Object.keys(services).filter((name) => name.startsWith('chat-'));

    expect(servers).toEqual(instances.map((host) => ({ host, port: String(loadConfig({}).config.http.port) })));
  });

  it('listens where docker-compose.yml publishes it', () => {
    const port = /listen (\d+);/.exec(conf)?.[1];

    expect(services.nginx.ports).toEqual([`3001:${port}`]);
    expect(services.nginx.healthcheck.test.at(-1)).toBe(`http://127.0.0.1:${port}/balancer/health`);
  });
});
