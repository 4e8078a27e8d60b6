import { compileFunction } from 'node:vm';
// The default import, as the documentation writes it.
import io, { type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** What the documentation leaves to its reader: an address and a few placeholders in quotes. */
export interface Surroundings {
  serviceUrl: string;
  /** The variable `token`. */
  token: string;
  /** What the reader writes in the place of a quoted placeholder, for example `uuid`. */
  placeholders: Record<string, string>;
}

type DocumentedOptions = Partial<ManagerOptions & SocketOptions>;

/**
 * A frontend made of documented code. The code runs unchanged: `io`, `token`, `socket` and `console` are what it finds
 * in scope, and the placeholders are filled in on their way to the wire.
 */
export class DocumentedClient {
  readonly socket: Socket;
  readonly #logged: { text: string; data: unknown }[] = [];
  readonly #placeholders: Record<string, string>;

  constructor(connectCode: string, { serviceUrl, token, placeholders }: Surroundings) {
    this.#placeholders = placeholders;
    const connect = compileFunction(`${connectCode}\nreturn socket;`, ['io', 'token']);
    this.socket = connect(
      (url: string, options: DocumentedOptions) => io(url.replace('http://localhost:3001', serviceUrl), options),
      token,
    );
  }

  run(code: string): void {
    const socket = {
      on: (event: string, listener: (data: unknown) => void) => this.socket.on(event, listener),
      emit: (event: string, ...args: unknown[]) => this.socket.emit(event, ...args.map((arg) => this.#fillIn(arg))),
    };
    const console = { log: (text: string, data: unknown) => this.#logged.push({ text, data }) };
    compileFunction(code, ['socket', 'console'])(socket, console);
  }

  /** What the code printed after this label, oldest first. */
  logged(label: string): unknown[] {
    return this.#logged.filter(({ text }) => text === label).map(({ data }) => data);
  }

  /** From now on the placeholder stands for this. */
  fillIn(placeholder: string, value: string): void {
    this.#placeholders[placeholder] = value;
  }

  #fillIn(payload: unknown): unknown {
    if (typeof payload !== 'object' || payload === null) {
      return payload;
    }
    return Object.fromEntries(
      Object.entries(payload).map(([key, value]) => [
        key,
        typeof value === 'string' ? (this.#placeholders[value] ?? value) : value,
      ]),
    );
  }
}
