/** What the bench asks of a load process, and what it is told: one request, one answer, over Node's IPC. */

export interface ChatSpec {
  buyerId: number;
  sellerId: number;
  /** Index of the socket that sends `chat:create`; its user is one of the two. */
  creator: number;
}

export interface Membership {
  /** Index of the socket, in the order of connecting. */
  socket: number;
  chatId: string;
}

/** One place that messages are sent from. */
export interface Sender extends Membership {
  /** Sockets that joined the chat, the sender's own among them: how often each message must arrive. */
  audience: number;
}

/** Closed: each sender keeps so many messages unanswered. Open: messages are due at a rate, answered or not. */
export type Pace = { kind: 'closed'; outstanding: number } | { kind: 'open'; perSecond: number };

export interface SendPlan {
  senders: readonly Sender[];
  pace: Pace;
  /** Sending ends at whichever comes first; answers and deliveries are waited for. */
  messages: number;
  seconds: number;
  textLength: number;
}

/** Milliseconds. */
export interface LatencySummary {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface SendReport {
  sent: number;
  acked: number;
  /** `message:new` events that arrived, over all sockets. */
  delivered: number;
  failed: number;
  /** The first failure as the server worded it. */
  firstFailure: string | null;
  /** First send to last ack or delivery, seconds. */
  seconds: number;
  /** Due time to ack, milliseconds; so a sender that falls behind its rate does not hide the wait. */
  ackLatency: LatencySummary;
}

/** One command, for what it answers. */
export interface SingleCommand {
  /** Index of the socket. */
  socket: number;
  event: string;
  payload: unknown;
}

/** The same command many times, a few at a time, for how long its answers take. */
export interface AskPlan {
  event: string;
  /** @property payload JSON text */
  requests: ReadonlyArray<{ socket: number; payload: string }>;
  /** Requests that wait for their answer at once. */
  inFlight: number;
}

export interface AskReport {
  answered: number;
  /** First request to last answer, seconds. */
  seconds: number;
  /** Request to answer, milliseconds. */
  latency: LatencySummary;
}

/** A wire format that the load generator can listen in: its `message:new` has the canonical one's name. */
export type LoadDialect = 'conversations';

export interface LoadCommands {
  /** `inFlight` connections are opened at once, by default 50. They speak `dialect`, by default the canonical contract. */
  connect: {
    input: { url: string; tokens: readonly string[]; inFlight?: number; dialect?: LoadDialect };
    /** `seconds` from the first attempt to the last success. */
    output: { connected: number; seconds: number };
  };
  createChats: { input: { chats: readonly ChatSpec[] }; output: { chatIds: string[] } };
  join: { input: { memberships: readonly Membership[] }; output: { joined: number } };
  send: { input: SendPlan; output: SendReport };
  ask: { input: AskPlan; output: AskReport };
  /** The answer is the body of the ack. */
  command: { input: SingleCommand; output: { body: unknown } };
  /** How many sockets still stand, and why the first of the others does not. */
  census: { input: Record<string, never>; output: { open: number; firstLoss: string | null } };
  disconnect: { input: Record<string, never>; output: { disconnected: number } };
}

export type LoadCommandName = keyof LoadCommands;

export type LoadRequest = {
  [C in LoadCommandName]: { id: number; command: C; input: LoadCommands[C]['input'] };
}[LoadCommandName];

export type LoadAnswer =
  | { id: number; output: LoadCommands[LoadCommandName]['output'] }
  | { id: number; error: string };
