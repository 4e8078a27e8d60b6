import { once } from 'node:events';
import { WebSocket } from 'ws';

const ANSWER_TIMEOUT_MS = 20_000;
const NAMESPACE = '/chat';
/** No client's own id is near: fuzzed frames may carry any id, and its answer must not be taken for another's. */
const FIRST_ACK_ID = 7_000_000_000;

export interface RawAnswer {
  id: number;
  /** What the ack carried; an ack has exactly one argument. */
  args: unknown[];
}

/**
 * A client that speaks Socket.IO by hand, so that it can say what no library would. It keeps count of answers, and notes
 * every ack that comes twice.
 */
export class RawClient {
  /** Ack ids that were answered more than once. */
  readonly answeredTwice: number[] = [];
  private readonly answered = new Set<number>();
  private readonly waiting = new Map<number, (answer: RawAnswer | null) => void>();
  private nextId = FIRST_ACK_ID;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        this.receive(data.toString());
      }
    });
    socket.on('close', () => {
      for (const settle of this.waiting.values()) {
        settle(null);
      }
      this.waiting.clear();
    });
    socket.on('error', () => undefined);
  }

  /** Connects as far as the transport: no namespace yet. */
  static async open(url: string): Promise<RawClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects to the chat, and waits until commands are welcome. */
  static async connect(url: string, token: string): Promise<RawClient> {
    const client = await RawClient.open(url);
    const welcome = client.welcomed();
    client.send(`40${NAMESPACE},${JSON.stringify({ token })}`);
    await welcome;
    return client;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: string | Buffer): void {
    if (this.isOpen) {
      this.socket.send(frame);
    }
  }

  /** Emits with an ack. @returns the answer; `null` when the connection closed first. @throws when neither comes */
  async ask(args: readonly unknown[]): Promise<RawAnswer | null> {
    const id = this.nextId++;
    const answer = this.answerTo(id);
    this.send(`42${NAMESPACE},${id}${JSON.stringify(args)}`);
    return answer;
  }

  /** Answered without touching any store, after everything that was sent before it has been taken in. */
  barrier(): Promise<RawAnswer | null> {
    return this.ask(['fuzz:barrier']);
  }

  async close(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED) {
      const closed = once(this.socket, 'close');
      this.socket.terminate();
      await closed;
    }
  }

  private answerTo(id: number): Promise<RawAnswer | null> {
    if (!this.isOpen) {
      return Promise.resolve(null);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error(`ack ${id} was not answered, and the connection stayed open`));
      }, ANSWER_TIMEOUT_MS);
      this.waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  private welcomed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (data: Buffer): void => {
        if (data.toString().startsWith(`42${NAMESPACE},["connection:success"`)) {
          this.socket.off('message', look);
          this.socket.off('close', fail);
          resolve();
        }
      };
      const fail = (): void => reject(new Error('unable to connect; the service closed the connection'));
      this.socket.on('message', look);
      this.socket.once('close', fail);
    });
  }

  private receive(frame: string): void {
    if (frame === '2') {
      this.send('3');
      return;
    }
    const [, digits, json] = /^43\/chat,(\d+)([\s\S]*)$/.exec(frame) ?? [];
    const id = Number(digits);
    if (json === undefined || id < FIRST_ACK_ID || id >= this.nextId) {
      return;
    }
    if (this.answered.has(id)) {
      this.answeredTwice.push(id);
      return;
    }
    const args: unknown = JSON.parse(json);
    this.answered.add(id);
    this.waiting.get(id)?.({ id, args: Array.isArray(args) ? args : [] });
    this.waiting.delete(id);
  }
}
