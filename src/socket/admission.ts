import { Inject, Injectable, Logger } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import type { Session } from '../auth/session.js';
import { SessionCuts } from '../auth/session-cuts.js';
import { stripBearer } from '../auth/token.js';
import { toChatError } from '../commands/failure.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError, type CommandData, PROTOCOL_VERSION, toWireId } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import { userRoom } from '../delivery/rooms.js';
import { EnabledDialects } from '../translation/enabled-dialects.js';
import { FactFinder } from '../translation/facts.js';
import { Speech } from '../translation/speech.js';
import { Connections } from './connections.js';
import { isForeign } from './foreign-connection.js';
import { sessionEnded } from './session-cut.js';
import { TokenExpiry } from './token-expiry.js';

/** A connection that has come without a token, as its dialect allows. */
interface Waiting {
  readonly timer: NodeJS.Timeout;
  /** The login under way. */
  login: Promise<void> | null;
  /** How many events came before a login. */
  early: number;
  /** How many events came behind the login, and wait for what comes of it. */
  held: number;
}

/** Nobody is known yet whose rate limit would be drawn from; each of these is answered. */
const MAX_EARLY_EVENTS = 16;
/** Each is kept, as large as a frame may be, for as long as the marketplace takes to answer. */
const MAX_HELD_EVENTS = 32;

/** Lets connections in, or tells them why not and closes them. */
@Injectable()
export class Admission {
  private readonly logger = new Logger(Admission.name);
  private readonly waiting = new WeakMap<ChatSocket, Waiting>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly authenticator: Authenticator,
    private readonly cuts: SessionCuts,
    private readonly connections: Connections,
    private readonly tokenExpiry: TokenExpiry,
    private readonly delivery: Delivery,
    private readonly dialects: EnabledDialects,
    private readonly speech: Speech,
    private readonly facts: FactFinder,
  ) {}

  /**
   * Runs before the connection exists, and connects refused sockets too: only a connected socket can be told why.
   * Never rejects.
   *
   * @returns what the attempt to connect fails with, in dialects that have it so. A client does not try again after it, so
   * where the marketplace could not be asked the connection is closed like any other
   */
  async authenticate(socket: ChatSocket): Promise<Error | undefined> {
    await this.identify(socket);
    const { dialect, refusal } = socket.data;
    if (dialect?.refusesConnecting !== true || refusal === undefined || refusal.code === 'AUTH_SERVICE_ERROR') {
      return;
    }
    // This socket will never be connected, and the client may ask again by another on the same transport.
    this.speech.end(socket);
    return Object.assign(new Error(refusal.message), { data: { code: refusal.code } });
  }

  private async identify(socket: ChatSocket): Promise<void> {
    const { auth, query, headers } = socket.handshake;
    try {
      const dialect = this.dialects.choose(auth.dialect ?? query.dialect, isForeign(socket.conn) ? 'frames' : 'events');
      if (dialect !== null) {
        socket.data.dialect = dialect;
        this.speech.begin(socket, dialect);
      }
      const token = auth.token ?? query.token ?? headers.authorization;
      if (dialect?.loginAfterConnect !== true || stripBearer(token) !== null) {
        socket.data.session = await this.authenticator.authenticate(token, 'connect');
      }
    } catch (error) {
      socket.data.refusal = toChatError(error, 'connect');
      if (socket.data.refusal.code === 'INTERNAL') {
        this.logger.error({ err: error }, 'authentication failed');
      }
    }
  }

  /** What follows once the connection exists. Never rejects. */
  async open(socket: ChatSocket): Promise<void> {
    const { session, refusal } = socket.data;
    if (refusal !== undefined) {
      this.refuse(socket, refusal);
    } else if (session === undefined) {
      this.awaitLogin(socket);
    } else if (this.cuts.covers(session)) {
      // He was cut off while the marketplace was still being asked.
      this.refuse(socket, sessionEnded());
    } else {
      await this.enter(socket, session);
    }
  }

  /**
   * Counts an event of a connection that is not logged in.
   *
   * @returns whether the event is to be heard. Of a connection that is over none is; one that says too much is told so and closed
   */
  hears(socket: ChatSocket): boolean {
    const waiting = this.waiting.get(socket);
    if (waiting !== undefined) {
      waiting[waiting.login === null ? 'early' : 'held'] += 1;
      if (waiting.early > MAX_EARLY_EVENTS || waiting.held > MAX_HELD_EVENTS) {
        const reason = 'too many events came before a login; log in first, and wait for the answer';
        this.refuse(socket, new ChatError('TOKEN_REQUIRED', 'stay connected', reason));
      }
    }
    return !this.isOver(socket);
  }

  /** Whether a connection is closed, or about to be: its login has failed, or it was refused. */
  isOver(socket: ChatSocket): boolean {
    return !socket.connected || (socket.data.session === undefined && !this.waiting.has(socket));
  }

  /** The login of a connection that is under way, which never rejects; `null` where none is. */
  loginOf(socket: ChatSocket): Promise<void> | null {
    return this.waiting.get(socket)?.login ?? null;
  }

  /**
   * Authenticates a connection that waits for it; then it is as if it had come with the token.
   *
   * @throws ChatError as for a connection; who catches it closes the connection
   */
  async logIn(socket: ChatSocket, token: unknown): Promise<CommandData<'auth:refresh-token'>> {
    const operation = 'log in';
    const waiting = this.waiting.get(socket);
    if (waiting === undefined || !socket.connected) {
      throw new ChatError('TOKEN_REQUIRED', operation, 'the connection is closed');
    }
    const login = this.authenticator.authenticate(token, operation).then(async (session) => {
      if (this.cuts.covers(session)) {
        throw sessionEnded();
      }
      clearTimeout(waiting.timer);
      if (socket.connected) {
        socket.data.session = session;
        await this.enter(socket, session);
      }
      return { userId: toWireId(session.userId), expiresAt: new Date(session.expiresAt).toISOString() };
    });
    // One login for each connection: what failed is not tried again for who sent several at once.
    const over = (): void => void this.waiting.delete(socket);
    waiting.login = login.then(over, over);
    return login;
  }

  /** Closes a connection that was told why. */
  close(socket: ChatSocket, { code }: ChatError): void {
    if (code === 'AUTH_SERVICE_ERROR') {
      // The token may be good: a closed transport lets the client's own back-off try again.
      socket.conn.close();
    } else {
      socket.disconnect(true);
    }
  }

  private awaitLogin(socket: ChatSocket): void {
    const { loginTimeoutSeconds } = this.config.dialects;
    const late = (): void =>
      this.refuse(
        socket,
        new ChatError('TOKEN_REQUIRED', 'stay connected', `no login within ${loginTimeoutSeconds} s`),
      );
    const timer = setTimeout(late, loginTimeoutSeconds * 1_000).unref();
    this.waiting.set(socket, { timer, login: null, early: 0, held: 0 });
    socket.once('disconnect', () => {
      clearTimeout(timer);
      this.waiting.delete(socket);
    });
    releaseHandshake(socket);
  }

  private async enter(socket: ChatSocket, session: Session): Promise<void> {
    const { userId, profile } = session;
    socket.once('disconnect', () => {
      this.tokenExpiry.forget(socket);
      this.connections.announceClosed(userId, socket);
    });
    this.tokenExpiry.watch(socket, session);
    releaseHandshake(socket);
    if (socket.data.dialect !== undefined) {
      this.facts.learn(userId, profile);
    }
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

  private refuse(socket: ChatSocket, refusal: ChatError): void {
    this.delivery.refused(socket, refusal);
    this.close(socket, refusal);
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
