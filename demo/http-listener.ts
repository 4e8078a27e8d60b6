import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Starts to listen.
 *
 * @param port 0 takes a free one
 * @returns the port that was taken
 * @throws the server's own error, such as one with code EADDRINUSE
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Stops to listen and cuts what is still open, so that a browser's idle connection cannot hold the process up. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) {
    return;
  }
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** The address as part of a URL: IPv6 in brackets, and "any address" as the one a client on this machine can use. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    return '127.0.0.1';
  }
  return host.includes(':') ? `[${host}]` : host;
}
