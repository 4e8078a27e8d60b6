import { io, type Socket } from 'socket.io-client';
import type {
  Ack,
  ClientToServerEvents,
  CommandData,
  CommandInput,
  CommandName,
  ErrorCode,
  ServerToClientEvents,
} from '../../src/contract/index.js';
import { BackOff, type BackOffOptions, pause } from './back-off.js';
import { CommandFailed, NotAnswered, nextStep } from './outcome.js';

/** The contract's events as Socket.IO's types know them. */
export type ChatSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

export interface ConnectionOptions {
  /** Base URL of the service, without the namespace. */
  url: string;
  /** Gives a token that is good now; asked at each connect and when a token has expired. */
  token: () => string | Promise<string>;
  transports?: ('polling' | 'websocket')[];
  /** How long an answer is waited for, milliseconds. Default 10,000. */
  answerWithinMs?: number;
  reconnect?: BackOffOptions;
}

export interface ConnectionEvents {
  /** Commands are welcome. Nothing of an earlier connection holds on this one: join and sync anew. */
  ready(): void;
  /** Between a `ready` and the next. Another connection is on its way unless it was closed. */
  lost(reason: string): void;
  /** The service refuses the user, and a new token would not help. There will be no further connection. */
  refused(code: ErrorCode): void;
  /** A socket was made; for listeners of live events. */
  opened(socket: ChatSocket): void;
}

/** From dialling to `connection:success`. */
const READY_WITHIN_MS = 20_000;

/**
 * One connection to the service after another: dials, authenticates, renews the token, and dials again after whatever
 * ended it. Socket.IO's own reconnection is off, because it takes a connection for a success before the service has
 * accepted the token, and gives up where the service has closed the namespace.
 */
export class Connection {
  private socket: ChatSocket | null = null;
  private isReady = false;
  private wanted = false;
  private notBefore = 0;
  private refusal: ErrorCode | null = null;
  private refusedToken: string | null = null;
  private renewing: Promise<void> | null = null;
  private dialTimer: ReturnType<typeof setTimeout> | undefined;
  private readyTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly backOff: BackOff;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly events: ConnectionEvents,
  ) {
    this.backOff = new BackOff(options.reconnect);
  }

  get ready(): boolean {
    return this.isReady;
  }

  /** Starts to connect, and keeps at it until `close`. */
  open(): void {
    if (!this.wanted) {
      this.wanted = true;
      this.dialAfter(0);
    }
  }

  close(): void {
    this.wanted = false;
    clearTimeout(this.dialTimer);
    this.hangUp('closed');
  }

  /**
   * Sends a command and waits for its data.
   *
   * @throws CommandFailed when it is answered with a failure; NotAnswered when the connection is away or goes away, or the
   * answer does not come in time
   */
  async ask<C extends CommandName>(command: C, payload: CommandInput<C>): Promise<CommandData<C>> {
    const { socket } = this;
    if (socket === null || !this.isReady) {
      throw new NotAnswered('not connected');
    }
    // Socket.IO's types cannot tie a generic event name to its payload and answer; the contract's map does.
    const untyped = socket as unknown as Socket;
    const answer = await new Promise<Ack<CommandData<C>>>((resolve, reject) => {
      untyped
        .timeout(this.options.answerWithinMs ?? 10_000)
        .emit(command, payload, (error: Error | null, value: Ack<CommandData<C>>) =>
          error === null ? resolve(value) : reject(new NotAnswered(error.message)),
        );
    });
    if (!answer.success) {
      throw new CommandFailed(answer.error);
    }
    return answer.data;
  }

  /** Resolves when the connection has a token that is good, or is no more. Calls that overlap share one renewal. */
  renewToken(): Promise<void> {
    this.renewing ??= this.renew().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private async renew(): Promise<void> {
    const pace = new BackOff();
    const { socket } = this;
    while (this.isReady && this.socket === socket) {
      try {
        await this.ask('auth:refresh-token', { token: await this.options.token() });
        return;
      } catch (error) {
        const step = nextStep(error, 1);
        // Out of patience, the service closes the connection; the next one asks for a token again.
        await pause(pace.next(step.kind === 'repeat' ? step.afterMs : 0));
      }
    }
  }

  private dialAfter(delayMs: number): void {
    clearTimeout(this.dialTimer);
    const spreadMs = Math.max(delayMs, this.notBefore - performance.now());
    this.dialTimer = setTimeout(() => void this.dial(), spreadMs);
  }

  /** Never rejects: a failure leads to the next try. */
  private async dial(): Promise<void> {
    let token: string;
    try {
      token = await this.options.token();
    } catch {
      this.dialAfter(this.backOff.next());
      return;
    }
    if (!this.wanted) {
      return;
    }
    if (token === this.refusedToken) {
      this.wanted = false;
      this.events.refused(this.refusal ?? 'TOKEN_INVALID');
      return;
    }
    const { url, transports = ['websocket'] } = this.options;
    const socket: ChatSocket = io(`${url}/chat`, { forceNew: true, reconnection: false, transports, auth: { token } });
    this.socket = socket;
    this.refusal = null;
    this.readyTimer = setTimeout(() => this.redial('not accepted in time'), READY_WITHIN_MS);
    socket.on('connection:success', () => this.becomeReady());
    socket.on('auth:error', ({ code }) => {
      this.refusal = code;
      this.refusedToken = code === 'AUTH_SERVICE_ERROR' ? null : token;
    });
    socket.on('auth:token-expired', () => {
      if (this.isReady) {
        void this.renewToken();
      }
    });
    socket.on('server:draining', ({ reconnectInMs }) => this.moveAway(reconnectInMs));
    socket.on('connect_error', (error) => this.redial(error.message));
    socket.on('disconnect', (reason) => this.redial(reason));
    this.events.opened(socket);
  }

  private becomeReady(): void {
    clearTimeout(this.readyTimer);
    this.isReady = true;
    this.refusedToken = null;
    this.backOff.reset();
    this.events.ready();
  }

  /**
   * The instance goes away and answers no more commands. All of its clients hear the same time, so each adds a share
   * of its own. Waiting for the connection to be closed is left to those whose instance is slow to do it.
   */
  private moveAway(reconnectInMs: number): void {
    const delayMs = reconnectInMs * (1 + Math.random());
    this.notBefore = performance.now() + delayMs;
    this.dialTimer = setTimeout(() => this.redial('server draining'), delayMs);
  }

  private redial(reason: string): void {
    this.hangUp(reason);
    if (this.wanted) {
      this.dialAfter(this.backOff.next());
    }
  }

  private hangUp(reason: string): void {
    clearTimeout(this.readyTimer);
    const { socket, isReady } = this;
    this.socket = null;
    this.isReady = false;
    if (socket !== null) {
      socket.removeAllListeners();
      socket.disconnect();
    }
    if (isReady) {
      this.events.lost(reason);
    }
  }
}
