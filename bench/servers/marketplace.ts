import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { jwtSecret } from './tokens.js';

/**
 * The marketplace API as far as the service asks it: `GET /auth/me`. It runs in the bench's own process, so its CPU
 * is nobody's; and it knows every user id, where the demo's API knows its few people.
 */
export async function startMarketplace(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    try {
      const claims = jwt.verify(token, jwtSecret, { algorithms: ['HS256'] });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: Number(claims.sub), username: `user${claims.sub}` }));
    } catch {
      response.writeHead(401).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
