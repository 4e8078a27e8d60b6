import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import {
  type Ack,
  type CommandData,
  type CommandInput,
  type CommandName,
  commands,
  type ErrorCode,
  type EventName,
  type EventPayload,
  events,
  Failure,
  type FoundMessage,
} from '../../src/contract/index.js';
import type { Transcript } from './transcript.js';

/** How long an answer or event may take before the smoke calls it missing. */
const PATIENCE_MS = 8_000;
const SEARCH_AGAIN_MS = 200;

/** How a token, or anything else, is presented. `extraHeaders` and `query` are how old clients do it. */
export type Handshake = Pick<Partial<ManagerOptions & SocketOptions>, 'auth' | 'query' | 'extraHeaders'>;

interface Received {
  event: EventName;
  payload: unknown;
}

/**
 * One connection of one person. It keeps every event until a step asks for it, holds every payload against the
 * contract, and writes all of it into the transcript.
 */
export class Participant {
  readonly #socket: Socket;
  readonly #inbox: Received[] = [];
  readonly #surprises: string[] = [];
  /** Says "look again" to whoever waits. */
  readonly #news = new EventEmitter<{ news: [] }>();

  constructor(
    readonly name: string,
    serviceUrl: string,
    handshake: Handshake,
    private readonly transcript: Transcript,
  ) {
    this.#socket = io(`${serviceUrl}/chat`, { ...handshake, forceNew: true, reconnection: false });
    this.#socket.onAny((event: string, payload: unknown) => this.#receive(event, payload));
    this.#socket.on('disconnect', () => this.#news.emit('news'));
    this.#socket.on('connect_error', (error) => {
      this.#surprises.push(`was refused the connection: ${error.message}`);
      this.#news.emit('news');
    });
  }

  /** Sends a command and expects it to succeed. */
  async send<C extends CommandName>(command: C, payload: CommandInput<C>): Promise<CommandData<C>> {
    const answer = await this.#ask(command, payload);
    if (!answer.success) {
      throw new Error(`${this.name}: ${command} answered ${answer.error.code}: ${answer.error.message}`);
    }
    const data = commands[command].data.safeParse(answer.data);
    if (!data.success) {
      throw new Error(`${this.name}: the answer to ${command} breaks the contract: ${data.error.message}`);
    }
    this.transcript.commandAnswered(command);
    return data.data as CommandData<C>;
  }

  /** Searches until there is a result: words are taken over within seconds of being sent. */
  async finds(query: string): Promise<FoundMessage> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const [found] = (await this.send('message:search', { query })).results;
      if (found !== undefined) {
        return found;
      }
      if (performance.now() > deadline) {
        throw new Error(`${this.name} did not find ${query} in ${PATIENCE_MS} ms`);
      }
      await delay(SEARCH_AGAIN_MS);
    }
  }

  /** Sends a command and expects it to fail with this code. The payload may be one that the contract forbids. */
  async sendInVain(command: string, payload: unknown, code: ErrorCode): Promise<Failure> {
    const answer = await this.#ask(command, payload);
    if (answer.success) {
      throw new Error(`${this.name}: ${command} succeeded where ${code} was expected`);
    }
    const failure = Failure.parse(answer.error);
    if (failure.code !== code) {
      throw new Error(`${this.name}: ${command} answered ${failure.code} where ${code} was expected`);
    }
    return failure;
  }

  /** Sends an event with no ack callback, as seed clients do. */
  tell(command: string, ...payload: unknown[]): void {
    this.transcript.sent(this.name, command, payload[0]);
    this.#socket.emit(command, ...payload);
  }

  /** The next event of this name that fits, and has not been asked for before. */
  async hears<E extends EventName>(
    event: E,
    fits: (payload: EventPayload<E>) => boolean = () => true,
  ): Promise<EventPayload<E>> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      if (this.#surprises.length > 0) {
        throw new Error(this.surprises.join('; '));
      }
      const place = this.#inbox.findIndex((one) => one.event === event && fits(one.payload as EventPayload<E>));
      const [found] = place < 0 ? [] : this.#inbox.splice(place, 1);
      if (found !== undefined) {
        return found.payload as EventPayload<E>;
      }
      await this.#somethingNew(deadline, `${this.name} was not sent ${event} (that fits) in ${PATIENCE_MS} ms`);
    }
  }

  /** What came that the contract does not allow, in words. */
  get surprises(): readonly string[] {
    return this.#surprises.map((surprise) => `${this.name} ${surprise}`);
  }

  /** How often an event of this name came and was not asked for. */
  unheard(event: EventName): number {
    return this.#inbox.filter((one) => one.event === event).length;
  }

  /** Waits until the service has closed the connection. */
  async isClosed(): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (this.#socket.connected) {
      await this.#somethingNew(deadline, `${this.name} was not disconnected in ${PATIENCE_MS} ms`);
    }
  }

  leave(): void {
    this.#socket.disconnect();
  }

  async #ask(command: string, payload: unknown): Promise<Ack<unknown>> {
    this.transcript.sent(this.name, command, payload);
    const answer: Ack<unknown> = await this.#socket.timeout(PATIENCE_MS).emitWithAck(command, payload);
    this.transcript.answered(this.name, command, answer);
    return answer;
  }

  #receive(event: string, payload: unknown): void {
    this.transcript.received(this.name, event, payload);
    if (!Object.hasOwn(events, event)) {
      this.#surprises.push(`was sent ${event}, which is not in the contract`);
    } else {
      const name = event as EventName;
      const parsed = events[name].payload.safeParse(payload);
      if (parsed.success) {
        this.transcript.eventSeen(name);
        this.#inbox.push({ event: name, payload });
      } else {
        this.#surprises.push(`was sent a ${event} that breaks the contract: ${parsed.error.message}`);
      }
    }
    this.#news.emit('news');
  }

  async #somethingNew(deadline: AbortSignal, complaint: string): Promise<void> {
    try {
      await once(this.#news, 'news', { signal: deadline });
    } catch {
      throw new Error(complaint);
    }
  }
}
