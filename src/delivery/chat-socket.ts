import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { Session } from '../auth/session.js';
import type { ChatError, ClientToServerEvents, ServerToClientEvents } from '../contract/index.js';
import type { Dialect } from '../dialects/dialect.js';

/**
 * What the service keeps on a socket. Session or refusal is set once the middleware has run; neither while a connection, as its
 * dialect allows, waits for its login.
 */
export interface SocketData {
  session?: Session;
  /** What the client speaks; without it the canonical contract. */
  dialect?: Dialect;
  /** Why the connection is refused: it is told so, then closed, and no command of it is heard. */
  refusal?: ChatError;
}

export type ChatNamespace = Namespace<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
