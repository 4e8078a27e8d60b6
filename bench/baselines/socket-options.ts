import type { ServerOptions } from 'socket.io';

/** What the service runs Socket.IO with, so that a baseline differs by its work and not by its transport. */
export const socketOptions = {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  maxHttpBufferSize: 65_536,
  pingInterval: 25_000,
  pingTimeout: 20_000,
} as const satisfies Partial<ServerOptions>;
