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
  ackLatency: { p50: number; p95: number; p99: number; max: number };
}

export interface LoadCommands {
  connect: { input: { url: string; tokens: readonly string[] }; output: { connected: number } };
  createChats: { input: { chats: readonly ChatSpec[] }; output: { chatIds: string[] } };
  join: { input: { memberships: readonly Membership[] }; output: { joined: number } };
  send: { input: SendPlan; output: SendReport };
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
