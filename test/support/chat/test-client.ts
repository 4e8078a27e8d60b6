import { io, type Socket } from 'socket.io-client';
import type {
  Ack,
  ClientToServerEvents,
  CommandData,
  CommandInput,
  CommandName,
  EventName,
  EventPayload,
  Failure,
  ServerToClientEvents,
} from '../../../src/contract/index.js';

export interface TestClientOptions {
  url: string;
  token?: string | undefined;
  /** Where the token travels; default `auth`. */
  tokenIn?: 'auth' | 'query' | 'header';
  transports?: ('polling' | 'websocket')[];
  headers?: Record<string, string>;
}

interface LoggedEvent {
  event: string;
  payload: unknown;
}

/**
 * A client that keeps a log of every event it received, so that a test can wait for one that came before it looked,
 * and can tell what did not come.
 */
export class TestClient {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly log: LoggedEvent[] = [];
  private readonly watchers = new Set<() => void>();

  constructor({ url, token, tokenIn = 'auth', transports = ['websocket'], headers = {} }: TestClientOptions) {
    const withToken = token === undefined ? {} : { token };
    this.socket = io(`${url}/chat`, {
      forceNew: true,
      reconnection: false,
      transports,
      auth: tokenIn === 'auth' ? withToken : {},
      query: tokenIn === 'query' ? withToken : {},
      extraHeaders: {
        ...headers,
        ...(tokenIn === 'header' && token !== undefined ? { Authorization: `Bearer ${token}` } : {}),
      },
    });
    this.socket.onAny((event: string, payload: unknown) => this.record(event, payload));
    this.socket.on('disconnect', (reason) => this.record('disconnect', reason));
    this.socket.on('connect_error', (error) => this.record('connect_error', error.message));
  }

  /** Connects and waits until commands are welcome. */
  static async connect(options: TestClientOptions): Promise<TestClient> {
    const client = new TestClient(options);
    await client.event('connection:success');
    return client;
  }

  /** Sends a command and returns its answer, whatever it is. */
  async ask<C extends CommandName>(command: C, payload: CommandInput<C>): Promise<Ack<CommandData<C>>> {
    return this.askRaw(command, payload) as Promise<Ack<CommandData<C>>>;
  }

  /** Sends anything under any name, as a broken or hostile client would. */
  async askRaw(event: string, ...payload: unknown[]): Promise<Ack<unknown>> {
    const untyped = this.socket as unknown as Socket;
    return (await untyped.timeout(10_000).emitWithAck(event, ...payload)) as Ack<unknown>;
  }

  /** Sends without an ack callback. */
  tell(event: string, ...payload: unknown[]): void {
    const untyped = this.socket as unknown as Socket;
    untyped.emit(event, ...payload);
  }

  /** Sends a command and returns its data. @throws when it fails */
  async get<C extends CommandName>(command: C, payload: CommandInput<C>): Promise<CommandData<C>> {
    const answer = await this.ask(command, payload);
    if (!answer.success) {
      throw new Error(`${command} failed: ${answer.error.code} ${answer.error.message}`);
    }
    return answer.data;
  }

  /** Sends a command that must fail, and returns how. */
  async failure(command: string, payload?: unknown): Promise<Failure> {
    const answer = await this.askRaw(command, payload);
    if (answer.success) {
      throw new Error(`${command} succeeded, though it should have failed`);
    }
    return answer.error;
  }

  /** The first event of this name (and for which `matches` holds), past or future. */
  async event<E extends EventName>(
    name: E,
    matches: (payload: EventPayload<E>) => boolean = () => true,
  ): Promise<EventPayload<E>> {
    const { payload } = await this.logged(
      (entry) => entry.event === name && matches(entry.payload as EventPayload<E>),
      name,
    );
    return payload as EventPayload<E>;
  }

  /** The reason of the disconnect, past or future. */
  async disconnected(): Promise<unknown> {
    return (await this.logged(({ event }) => event === 'disconnect', 'disconnect')).payload;
  }

  /** The payloads of all events of this name so far. */
  received<E extends EventName>(name: E): EventPayload<E>[] {
    return this.log.filter(({ event }) => event === name).map(({ payload }) => payload as EventPayload<E>);
  }

  /**
   * Answered after everything the server sent to this client before: what has not come by then, was not sent on this
   * instance. For "does not receive" assertions without waiting.
   */
  async barrier(): Promise<void> {
    await this.askRaw('users:online', {});
  }

  close(): void {
    this.socket.disconnect();
  }

  private record(event: string, payload: unknown): void {
    this.log.push({ event, payload });
    for (const watcher of [...this.watchers]) {
      watcher();
    }
  }

  private logged(matches: (entry: LoggedEvent) => boolean, name: string): Promise<LoggedEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(look);
        const seen = this.log.map(({ event }) => event).join(', ');
        reject(new Error(`${name} did not come within 10 s; seen: ${seen || 'nothing'}`));
      }, 10_000);
      const look = (): void => {
        const found = this.log.find(matches);
        if (found !== undefined) {
          clearTimeout(timer);
          this.watchers.delete(look);
          resolve(found);
        }
      };
      this.watchers.add(look);
      look();
    });
  }
}
