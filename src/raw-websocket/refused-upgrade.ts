import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Answers an upgrade with a status instead, and ends the network connection, also where the client leaves its half open.
 *
 * @param reason a sentence of the house
 */
export function refuseUpgrade(socket: Duplex, status: 403 | 404 | 503, reason: string): void {
  // Nobody else hears of it, and without a listener it would end the process.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(reason)}`,
      '',
      reason,
    ].join('\r\n'),
  );
}
