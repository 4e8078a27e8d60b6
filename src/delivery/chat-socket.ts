import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { Session } from '../auth/session.js';
import type { ChatError, ClientToServerEvents, ServerToClientEvents } from '../contract/index.js';

/** What the service keeps on a socket. Exactly one of the two is set once the middleware has run. */
export interface SocketData {
  session?: Session;
  /** Why the connection is refused: it is told so, then closed, and no command of it is heard. */
  refusal?: ChatError;
}

export type ChatNamespace = Namespace<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
