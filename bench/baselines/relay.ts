/**
 * Baseline (a): the least a Socket.IO server can do with a message. It acks, and relays the payload to the room
 * as it came: no database, no auth, no validation, no ids. What the service costs beyond this is its own doing.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { socketOptions } from './socket-options.js';

type Answer = (ack: { success: true; data?: unknown }) => void;

/** With Redis, it relays to other relays too. Loaded only then: a bare relay carries no adapter it does not use. */
async function adapter(): Promise<Partial<ServerOptions>> {
  const { REDIS_URL: url, REDIS_CHANNEL_PREFIX: prefix } = process.env;
  if (url === undefined || prefix === undefined) {
    return {};
  }
  const { stockAdapter } = await import('./stock-adapter.js');
  return { adapter: stockAdapter(url, prefix) };
}

const http = createServer((_request, response) => response.writeHead(404).end());
const chats = new Server(http, { ...socketOptions, ...(await adapter()) }).of('/chat');

chats.on('connection', (socket) => {
  /** Set-up only: gives the load generator a room of its own, by the command it uses on the other servers. */
  socket.on('chat:create', (_payload: unknown, answer: Answer) => {
    answer({ success: true, data: { id: randomUUID() } });
  });
  socket.on('chat:join', async (payload: { chatId: string }, answer: Answer) => {
    await socket.join(payload.chatId);
    answer({ success: true });
  });
  socket.on('message:send', (payload: { chatId: string }, answer: Answer) => {
    chats.to(payload.chatId).emit('message:new', payload);
    answer({ success: true });
  });
});

http.listen(Number(process.env.PORT), '127.0.0.1');
/** A plain exit, so that `--cpu-prof` gets to write its file. */
process.once('SIGTERM', () => process.exit(0));
