/** The stub marketplace on its own, for docker-compose. It reads HOST, PORT, JWT_SECRET and TOKEN_TTL_SECONDS. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { startMarketplaceApi } from './marketplace-api.js';

const Environment = z.object({
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  // A secret of nobody's choosing: a forgotten setting must not leave tokens that anybody can forge.
  JWT_SECRET: z.string().min(16, 'must have 16 characters or more').default(randomBytes(32).toString('base64url')),
  TOKEN_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
});

async function main(): Promise<void> {
  const set = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const environment = Environment.safeParse(set);
  if (!environment.success) {
    for (const { path, message } of environment.error.issues) {
      console.error(`unable to start the stub marketplace; ${path.join('.')} ${message}`);
    }
    process.exitCode = 1;
    return;
  }
  const { HOST, PORT, JWT_SECRET, TOKEN_TTL_SECONDS } = environment.data;
  const api = await startMarketplaceApi({
    host: HOST,
    port: PORT,
    secret: JWT_SECRET,
    tokenTtlSeconds: TOKEN_TTL_SECONDS,
  });
  console.log(`stub marketplace API listens on ${api.url}`);

  // As process 1 of a container, node ignores SIGTERM unless somebody listens.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void api.stop());
  }
}

await main();
