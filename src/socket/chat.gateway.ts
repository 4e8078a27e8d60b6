import { Inject, Injectable, Logger } from '@nestjs/common';
import { type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import { Authenticator } from '../auth/authenticator.js';
import { SessionCuts } from '../auth/session-cuts.js';
import { CLUSTER_LINK } from '../cluster/cluster.module.js';
import { ClusterAdapter } from '../cluster/cluster-adapter.js';
import type { ClusterLink } from '../cluster/cluster-link.js';
import { toChatError } from '../commands/failure.js';
import { PROTOCOL_VERSION } from '../contract/index.js';
import type { ChatNamespace, ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import { userRoom } from '../delivery/rooms.js';
import { Connections } from './connections.js';
import { Dispatcher } from './dispatcher.js';
import { SessionCut, sessionEnded } from './session-cut.js';
import { SlowClients } from './slow-clients.js';
import { TokenExpiry } from './token-expiry.js';

/** After an outage everybody syncs; over this time they do not all come at once. */
const SYNC_SPREAD_MS = 2_000;

/** The namespace `/chat`: authenticates connections, then leaves them to the dispatcher. */
@Injectable()
@WebSocketGateway({ namespace: '/chat' })
export class ChatGateway implements OnGatewayInit<ChatNamespace> {
  private readonly logger = new Logger(ChatGateway.name);
  private namespace: ChatNamespace | null = null;

  constructor(
    @Inject(CLUSTER_LINK) private readonly link: ClusterLink | null,
    private readonly authenticator: Authenticator,
    private readonly cuts: SessionCuts,
    private readonly sessionCut: SessionCut,
    private readonly dispatcher: Dispatcher,
    private readonly connections: Connections,
    private readonly tokenExpiry: TokenExpiry,
    private readonly slowClients: SlowClients,
    private readonly delivery: Delivery,
  ) {}

  afterInit(namespace: ChatNamespace): void {
    this.namespace = namespace;
    this.delivery.attach(namespace, namespace.adapter instanceof ClusterAdapter ? namespace.adapter : null);
    this.link?.onMissed(() => this.delivery.syncRequired(SYNC_SPREAD_MS));
    this.sessionCut.begin();
    this.slowClients.watch(namespace);
    namespace.use((socket, next) => void this.authenticate(socket).then(() => next()));
    namespace.on('connection', (socket) => void this.open(socket));
  }

  /**
   * Closes every connection of this instance once what was written to it has left. The transport is closed rather
   * than the namespace, because clients reconnect by themselves only after the former.
   */
  async closeConnections(): Promise<void> {
    const sockets = [...(this.namespace?.sockets.values() ?? [])];
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once('disconnect', () => resolve());
            socket.conn.close();
          }),
      ),
    );
  }

  /**
   * Runs before the connection exists, and connects refused sockets too: only a connected socket can be told why.
   * Never rejects.
   */
  private async authenticate(socket: ChatSocket): Promise<void> {
    const { auth, query, headers } = socket.handshake;
    try {
      const token = auth.token ?? query.token ?? headers.authorization;
      socket.data.session = await this.authenticator.authenticate(token, 'connect');
    } catch (error) {
      socket.data.refusal = toChatError(error, 'connect');
      if (socket.data.refusal.code === 'INTERNAL') {
        this.logger.error({ err: error }, 'authentication failed');
      }
    }
  }

  /** Never rejects: nothing in it throws, and joining a room does not fail. */
  private async open(socket: ChatSocket): Promise<void> {
    const { session, refusal } = socket.data;
    // A socket without listeners of its own must not take a client's event for one of the process.
    this.dispatcher.listen(socket);
    if (session === undefined) {
      this.refuse(socket, refusal);
      return;
    }
    if (this.cuts.covers(session)) {
      // He was cut off while the marketplace was still being asked.
      this.refuse(socket, sessionEnded());
      return;
    }
    const { userId } = session;
    socket.once('disconnect', () => {
      this.tokenExpiry.forget(socket);
      this.connections.announceClosed(userId, socket);
    });
    this.tokenExpiry.watch(socket, session);
    releaseHandshake(socket);
    const joined = socket.join(userRoom(userId));
    if (joined !== undefined) {
      // Only when the other instances know of this socket does it miss nothing that they send it.
      await joined;
    }
    if (socket.connected) {
      this.delivery.connected(socket, userId, PROTOCOL_VERSION);
      this.connections.announceOpened(userId, socket);
    }
  }

  private refuse(socket: ChatSocket, refusal: ChatSocket['data']['refusal']): void {
    if (refusal !== undefined) {
      this.delivery.refused(socket, refusal);
    }
    if (refusal?.code === 'AUTH_SERVICE_ERROR') {
      // The token may be good: a closed transport lets the client's own back-off try again.
      socket.conn.close();
    } else {
      socket.disconnect(true);
    }
  }
}

/** The upgrade request and its headers (the token among them) would stay in memory as long as the connection. */
function releaseHandshake(socket: ChatSocket): void {
  Reflect.set(socket.conn, 'request', null);
  socket.handshake.headers = {};
  socket.handshake.query = {};
  socket.handshake.auth = {};
  socket.handshake.url = '';
}
