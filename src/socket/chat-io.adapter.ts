import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Namespace, Server, ServerOptions } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import { ClusterAdapter } from '../cluster/cluster-adapter.js';
import type { ClusterLink } from '../cluster/cluster-link.js';
import type { Config } from '../config/config.js';
import { isAllowedOrigin } from './allowed-origin.js';
import { coalesceWrites } from './coalesced-writes.js';

/** Builds the Socket.IO server: limits, allowed origins, and the Redis adapter where there are several instances. */
export class ChatIoAdapter extends IoAdapter {
  constructor(
    app: INestApplication,
    private readonly config: Config,
    private readonly link: ClusterLink | null,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { socket, http } = this.config;
    const server: Server = super.createIOServer(port, {
      ...options,
      cors: { origin: [...http.allowedOrigins], credentials: true },
      maxHttpBufferSize: socket.maxFrameBytes,
      pingInterval: socket.pingIntervalMs,
      pingTimeout: socket.pingTimeoutMs,
      perMessageDeflate: false,
      serveClient: false,
      adapter: this.adapterFactory(),
    } as ServerOptions);
    coalesceWrites(server.engine);
    // A middleware sees every request of both transports; engine.io's allowRequest misses those that carry a sid.
    server.engine.use((request: { headers: { origin?: string } }, _response: unknown, next: (error?: Error) => void) =>
      next(isAllowedOrigin(request.headers.origin, http.allowedOrigins) ? undefined : new Error('origin not allowed')),
    );
    // Every Socket.IO server has a main namespace, and it asks for no token: connections would live there unknown.
    server.use((_socket, next) => next(new Error('unable to connect; the chat is at the namespace /chat')));
    return server;
  }

  /** Sockets are served by the dispatcher; there is nothing to bind. */
  override bindMessageHandlers(): void {}

  /** Socket.IO calls it with `new`, which an arrow function would not bear. */
  private adapterFactory(): (namespace: Namespace) => Adapter {
    const { link, config } = this;
    return function createAdapter(namespace) {
      // The root namespace, which Socket.IO always has, carries nothing and needs no other instance.
      return link === null || config.redis === null || namespace.name === '/'
        ? new Adapter(namespace)
        : new ClusterAdapter(namespace, link, config.redis.channelPrefix);
    };
  }
}
