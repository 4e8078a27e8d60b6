import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLUSTER_LINK } from '../cluster/cluster.module.js';
import type { ClusterLink } from '../cluster/cluster-link.js';
import { Intake } from '../commands/intake.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Delivery } from '../delivery/delivery.js';
import type { DialectName } from '../dialects/catalogue.js';
import { isAllowedOrigin } from '../socket/allowed-origin.js';
import { ChatGateway } from '../socket/chat.gateway.js';
import { Connections } from '../socket/connections.js';
import { keepAlive } from './heartbeat.js';
import { RawConnection } from './raw-connection.js';
import { refuseUpgrade } from './refused-upgrade.js';
import { SoleConnections } from './sole-connections.js';
import { chatIn, isForChat, subprotocolAmong, tokenIn } from './upgrade-request.js';

const DIALECT: DialectName = 'plain-websocket';
/** How long a client may take to answer the close frame; then its connection is cut. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Plain WebSockets at `/ws/chat/{id}/`, on the port of Socket.IO: upgrades them, and hands them to the Socket.IO server as connections
 * of the dialect `plain-websocket`. Where that is not enabled, upgrades are refused and nothing else is here.
 */
@Injectable()
export class RawWebSocketEndpoint implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RawWebSocketEndpoint.name);
  private readonly open = new Set<RawConnection>();
  private readonly sole: SoleConnections;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLUSTER_LINK) private readonly link: ClusterLink | null,
    private readonly http: HttpAdapterHost,
    private readonly gateway: ChatGateway,
    private readonly connections: Connections,
    private readonly delivery: Delivery,
    private readonly intake: Intake,
  ) {
    this.sole = new SoleConnections((claims) => delivery.tellSole(claims));
  }

  onApplicationBootstrap(): void {
    const webSockets = this.config.dialects.enabled.includes(DIALECT) ? this.listen() : null;
    const server: Server = this.http.httpAdapter.getHttpServer();
    // Engine.io leaves other paths alone, and ends what nobody has answered within a second.
    server.on('upgrade', (request, socket, head) => {
      if (isForChat(request)) {
        this.upgrade(webSockets, request, socket, head);
      }
    });
  }

  /** What the shutdown has not closed: clients that were not let in yet, and those that did not answer. */
  onModuleDestroy(): void {
    for (const connection of this.open) {
      connection.terminate();
    }
  }

  private listen(): WebSocketServer {
    this.connections.onOpened((userId, { conn }) => {
      const connection: unknown = conn;
      if (connection instanceof RawConnection) {
        connection.join(userId);
      }
    });
    this.delivery.onSoleElsewhere((claims) => this.sole.hear(claims));
    this.link?.onMissed(() => this.sole.repeat());
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.config.socket.maxFrameBytes,
      handleProtocols: subprotocolAmong,
      // The library's types do not know it yet.
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    return new WebSocketServer(options);
  }

  private upgrade(webSockets: WebSocketServer | null, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const chat = chatIn(request);
    if (webSockets === null || chat === null) {
      refuseUpgrade(socket, 404, 'unable to connect; there is no chat at this address');
    } else if (!isAllowedOrigin(request.headers.origin, this.config.http.allowedOrigins)) {
      refuseUpgrade(socket, 403, 'unable to connect; the origin is not allowed');
    } else if (this.intake.isClosed) {
      refuseUpgrade(socket, 503, 'unable to connect; this instance is going away, try again');
    } else {
      const visit = { chat, token: tokenIn(request) };
      const address = request.socket.remoteAddress ?? '';
      webSockets.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket, visit, address));
    }
  }

  private accept(webSocket: WebSocket, visit: { chat: string; token: string | undefined }, address: string): void {
    const { pingIntervalMs: intervalMs, pingTimeoutMs: timeoutMs } = this.config.socket;
    const heartbeat = keepAlive(webSocket, { intervalMs, timeoutMs });
    const connection = new RawConnection(webSocket, heartbeat, visit, address, (opened, userId, chatId) =>
      this.hold(opened, JSON.stringify([userId, chatId])),
    );
    this.open.add(connection);
    connection.once('close', () => this.open.delete(connection));
    try {
      this.gateway.take(connection);
      connection.enter(DIALECT);
    } catch (error) {
      // Thrown into the upgrade's own event, it would end the process.
      this.logger.error({ err: error }, 'connection not served');
      connection.close();
    }
  }

  private hold(connection: RawConnection, key: string): void {
    connection.once('close', () => this.sole.release(key, connection));
    this.sole.hold(key, connection);
  }
}
