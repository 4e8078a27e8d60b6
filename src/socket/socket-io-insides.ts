import { EventEmitter } from 'node:events';
import { Server } from 'socket.io';
import type { ChatNamespace } from '../delivery/chat-socket.js';
import { encoderOf, type Wire, wireOf } from '../translation/wire.js';
import { type ForeignConnection, handOver } from './foreign-connection.js';

/** All of it happens in this process, within a few turns of the event loop. */
const TIMEOUT_MS = 5_000;
const SAID = '2/chat,["said",1]';

/**
 * Dialects use three things of Socket.IO that are not public: `onconnection` of its server, `writeToEngine` of its clients, and
 * `_encode` of its adapters. Found out only at the first client, a change in one of them would end the process, or keep silent.
 * So a dialect is spoken here once, on a server of its own without a network.
 *
 * @param namespace the one that is in use, with its own adapter
 * @throws Error with what an operator can do, as a rejection
 */
export async function proveInsides(namespace: ChatNamespace): Promise<void> {
  try {
    encoderOf(namespace);
    await speakOnce();
  } catch (cause) {
    throw new Error(
      'unable to start with dialects; Socket.IO is not the version that they were made for: install the dependencies from ' +
        `package-lock.json, or leave DIALECTS and DEFAULT_DIALECT empty (${cause instanceof Error ? cause.message : cause})`,
      { cause },
    );
  }
}

async function speakOnce(): Promise<void> {
  const server = new Server();
  const namespace: ChatNamespace = server.of('/chat');
  const written: unknown[] = [];
  const connection = new Probe(written);
  const late = new Error('unable to connect to Socket.IO within this process');
  let timer: NodeJS.Timeout | undefined;
  const entered = new Promise<Wire>((resolve, reject) => {
    timer = setTimeout(reject, TIMEOUT_MS, late);
    namespace.use((socket, next) => {
      try {
        const taken = wireOf(socket);
        namespace.once('connection', () => resolve(taken));
        next();
      } catch (error) {
        // The refusal itself would be written by what is not there.
        reject(error);
      }
    });
    handOver(server, connection);
    connection.emit('data', '0/chat,');
  });
  const wire = await entered.finally(() => clearTimeout(timer));
  written.length = 0;
  for (const socket of namespace.sockets.values()) {
    socket.emit('users:online', { userIds: [] });
  }
  namespace.emit('users:online', { userIds: [] });
  wire.write(wire.encode([{ event: 'said', args: [1] }]));
  connection.close();
  if (written.length !== 1 || written[0] !== SAID) {
    throw new Error(`unable to speak a dialect; what was written is ${JSON.stringify(written)}`);
  }
}

/** A connection with nobody at its other end. */
class Probe extends EventEmitter implements ForeignConnection {
  readonly id = 'probe';
  readonly protocol = 4;
  readonly remoteAddress = '';
  readonly request = null;
  readonly transport = { name: 'websocket', writable: true, socket: null } as const;
  readyState: ForeignConnection['readyState'] = 'open';

  constructor(private readonly written: unknown[]) {
    super();
  }

  write(packet: unknown): void {
    this.written.push(packet);
  }

  close(): void {
    this.readyState = 'closed';
    this.emit('close', 'transport close');
  }
}
