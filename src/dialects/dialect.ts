import type {
  ChatError,
  CommandData,
  CommandName,
  EventName,
  EventPayload,
  Profile,
  RoutedCommand,
  WireId,
} from '../contract/index.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * One event in a dialect's own words: its name and what comes with it. A wire without names (one JSON object per frame)
 * takes the first argument alone.
 */
export interface Spoken {
  event: string;
  args: readonly unknown[];
}

/**
 * What a map may know beyond what it translates. All chats and users that `mentions.ts` finds in it were looked up before, so
 * that a map stays a pure function.
 */
export interface Facts {
  /** The integer by which a dialect knows a chat. Only where the dialect is numbered. */
  chatNumber(chatId: string): number;
  /** What the marketplace told of a user; `null` where nothing. Only where the dialect tells profiles. */
  profile(userId: WireId): Profile | null;
}

/** Whose connection it is, as far as a map needs it. */
export interface Speaker {
  /** `null` before a login. */
  readonly userId: WireId | null;
  /** Chats that this connection has joined, by canonical id, in the order of joining. */
  readonly joined: readonly string[];
  /**
   * A `clientMessageId` for what the client calls by a name of its own: the same for the same name, and never another
   * connection's. By it the connection knows its message again, and a repeated one is not stored twice.
   */
  keyFor(name: string | number): string;
  /** Whether a `clientMessageId` is one of the latest given to this connection. Everybody sees it, so its sender counts too. */
  isOwnKey(key: string): boolean;
}

/**
 * A command that a client's words stand for.
 *
 * `chatId` of the payload may be the integer of a numbered dialect: it is replaced by the chat's id before the command is
 * run; an integer that is no chat's is answered like an absent chat.
 */
export interface Call<C extends CommandName = CommandName> {
  command: C;
  payload: unknown;
  /** What the client is told of the success, after the events that the command itself caused. */
  answered(data: CommandData<C>, facts: Facts): readonly Spoken[];
  /** What the client is told of a failure. */
  failed(error: ChatError): readonly Spoken[];
  /** The command that follows on a success, such as joining the room just opened. */
  next?(data: CommandData<C>): AnyCall;
}

/** A call of whichever command. */
export type AnyCall = { [C in CommandName]: Call<C> }[CommandName];

/** What a client's words mean. An ack callback, which no dialect needs, is answered like a canonical command's. */
export type Meaning =
  | { kind: 'call'; call: AnyCall }
  /** Nothing to run: answered at once, at the price of a command. With an error, an ack callback is told that one. */
  | { kind: 'say'; words: readonly Spoken[]; error?: ChatError }
  /** Authenticates a connection that came without a token, or swaps the token of one. */
  | {
      kind: 'login';
      token: unknown;
      /** After `connection:success`, where the connection was not logged in before. */
      welcomed(userId: WireId): readonly Spoken[];
      /** A connection that was not logged in is closed behind these words. */
      failed(error: ChatError): readonly Spoken[];
    }
  /** The connection is closed behind these words. */
  | { kind: 'logout'; words: readonly Spoken[] };

/** An event of the service with its payload. */
export type AnyEvent = { [E in EventName]: { name: E; payload: EventPayload<E> } }[EventName];

/** A request over HTTP, taken apart. Everything but `userId` is untrusted. */
export interface DialectRequest {
  userId: WireId;
  /** The fields that the path carries. */
  fields: Readonly<Record<string, string>>;
  /** Of a name given several times, the last. */
  query: Readonly<Record<string, string>>;
  /** `undefined` without one, and where the method has none. */
  body: unknown;
}

/** The command that a request stands for. `chatId` may be an integer, as in {@link Call}. */
export interface Inquiry<C extends RoutedCommand = RoutedCommand> {
  command: C;
  payload: unknown;
  /** What stands in `data` of the answer. */
  answer(data: CommandData<C>, facts: Facts): unknown;
  /** The command that is to be run before there is an answer; then that one's is given. */
  next?(data: CommandData<C>): AnyInquiry;
}

export type AnyInquiry = { [C in RoutedCommand]: Inquiry<C> }[RoutedCommand];

/** A route of the REST API that only this dialect has, or only for bodies of its own form. */
export interface DialectRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the API's path, with `:field` for each field that it carries. */
  path: string;
  status: 200 | 201;
  /** The command that {@link read} starts with: its limit is drawn from before the body is read. */
  command: RoutedCommand;
  /** For a route that is canonical too: whether a body is of this dialect. */
  claims?(body: unknown): boolean;
  read(request: DialectRequest): AnyInquiry;
}

/**
 * A wire format besides the canonical one: pure maps. It decides nothing, stores nothing and knows no socket; who may do
 * what, and what is valid, is said by the commands that it maps to.
 */
export interface Dialect {
  /** `events`: Socket.IO events. `frames`: one JSON object per WebSocket frame; never chosen by a Socket.IO client. */
  readonly wire: 'events' | 'frames';
  /** Whether its chats carry integers instead of UUIDs. */
  readonly numbered: boolean;
  /** Whether it says more of a user than his id. Nobody waits for profiles otherwise. */
  readonly tellsProfiles: boolean;
  /** Whether a connection may come without a token and log in afterwards. */
  readonly loginAfterConnect: boolean;
  /** Whether a refused connection fails with `connect_error`, instead of being told why in an event and then closed. */
  readonly refusesConnecting?: boolean;
  /** What a client's event means. The arguments are untrusted; an ack callback is not among them. */
  read(event: string, args: readonly unknown[], speaker: Speaker): Meaning;
  /** How the service's events are said. Asked once for all connections of this instance that are told of one. */
  readonly vocabulary: Vocabulary;
  /**
   * Whether a connection is told of an event at all, where that differs between connections. Asked for each, so it is quick.
   * Default: always.
   */
  hears?(event: AnyEvent, speaker: Speaker): boolean;
  readonly routes?: readonly DialectRoute[];
  /** What its clients do once their token has expired, as the error tells them. Default: they send `auth:refresh-token`. */
  readonly renewal?: string;
  /** How many messages a user may send in a minute in this dialect, over all instances; besides the deployment's own limit. */
  readonly messagesPerMinute?: number;
}

/** Keeps the answer of a call tied to its command, which a literal in the union would lose. */
export function call<C extends CommandName>(definition: Call<C>): AnyCall {
  // Every Call<C> is one of the union; the compiler cannot see it for a type parameter.
  return definition as unknown as AnyCall;
}

/** The same for a request over HTTP. */
export function inquiry<C extends RoutedCommand>(definition: Inquiry<C>): AnyInquiry {
  return definition as unknown as AnyInquiry;
}
