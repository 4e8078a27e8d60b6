import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import { CLUSTER_LINK } from '../cluster/cluster.module.js';
import { ClusterAdapter } from '../cluster/cluster-adapter.js';
import type { ClusterLink } from '../cluster/cluster-link.js';
import type { ChatNamespace } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import { EnabledDialects } from '../translation/enabled-dialects.js';
import { Admission } from './admission.js';
import { Dispatcher } from './dispatcher.js';
import { type ForeignConnection, handOver } from './foreign-connection.js';
import { SessionCut } from './session-cut.js';
import { SlowClients } from './slow-clients.js';
import { proveInsides } from './socket-io-insides.js';

/** After an outage everybody syncs; over this time they do not all come at once. */
const SYNC_SPREAD_MS = 2_000;

/** The namespace `/chat`: authenticates connections, then leaves them to the dispatcher. */
@Injectable()
@WebSocketGateway({ namespace: '/chat' })
export class ChatGateway implements OnGatewayInit<ChatNamespace>, OnApplicationBootstrap {
  private namespace: ChatNamespace | null = null;

  constructor(
    @Inject(CLUSTER_LINK) private readonly link: ClusterLink | null,
    private readonly admission: Admission,
    private readonly sessionCut: SessionCut,
    private readonly dispatcher: Dispatcher,
    private readonly slowClients: SlowClients,
    private readonly delivery: Delivery,
    private readonly dialects: EnabledDialects,
  ) {}

  afterInit(namespace: ChatNamespace): void {
    this.namespace = namespace;
    this.delivery.attach(namespace, namespace.adapter instanceof ClusterAdapter ? namespace.adapter : null);
    this.link?.onMissed(() => this.delivery.syncRequired(SYNC_SPREAD_MS));
    this.sessionCut.begin();
    this.slowClients.watch(namespace);
    namespace.use((socket, next) => void this.admission.authenticate(socket).then(next));
    namespace.on('connection', (socket) => {
      // A socket without listeners of its own must not take a client's event for one of the process.
      this.dispatcher.listen(socket);
      void this.admission.open(socket);
    });
  }

  /** Before anything listens: refuses to start where dialects could not be spoken. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.namespace !== null && this.dialects.all.length > 0) {
      await proveInsides(this.namespace);
    }
  }

  /** Serves a connection that did not come through Socket.IO's own engine; it goes the way of all others. */
  take(connection: ForeignConnection): void {
    if (this.namespace === null) {
      throw new Error('unable to take a connection; the Socket.IO namespace is not attached yet');
    }
    handOver(this.namespace.server, connection);
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
}
