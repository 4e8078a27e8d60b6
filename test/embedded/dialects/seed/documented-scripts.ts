import { createContext, runInContext } from 'node:vm';
import * as socketIoClient from 'socket.io-client';
import { onTestFinished } from 'vitest';

/** What a guide leaves to its reader: text that stands for something else, such as an address, and what it stands for. */
export type Replacements = Readonly<Record<string, string>>;

/**
 * A page of a frontend that is made of documented code. Blocks run one after the other as scripts of one page do: what one
 * declares, the next one finds. They run as they stand, but for the reader's replacements.
 */
export class DocumentedPage {
  readonly #sockets: socketIoClient.Socket[] = [];
  readonly #printed: unknown[][] = [];
  readonly #page: object;
  #replacements: Replacements = {};

  private constructor(replacements: Replacements) {
    this.replace(replacements);
    const print = (...line: unknown[]): number => this.#printed.push(line);
    const dial = (...args: Parameters<typeof socketIoClient.io>): socketIoClient.Socket => {
      const socket = socketIoClient.io(...args);
      this.#sockets.push(socket);
      return socket;
    };
    this.#page = createContext({
      console: { log: print, error: print },
      io: dial,
      require: (name: string) => (name === 'socket.io-client' ? dial : undefined),
    });
  }

  /** A page of one test, which is closed when the test is over. */
  static open(replacements: Replacements): DocumentedPage {
    const page = new DocumentedPage(replacements);
    onTestFinished(() => page.close());
    return page;
  }

  /** From now on these are replaced too. */
  replace(replacements: Replacements): void {
    this.#replacements = { ...this.#replacements, ...replacements };
  }

  run(block: string): void {
    const script = Object.entries(this.#replacements).reduce(
      (code, [text, replacement]) => code.replaceAll(text, replacement),
      // A script of a page has no imports; what this one names is there.
      block.replace("import { io } from 'socket.io-client';", ''),
    );
    runInContext(script, this.#page);
  }

  /** What blocks have printed after a label, oldest first: all of each line that follows it. */
  printed(label: string): unknown[][] {
    return this.#printed.filter(([first]) => first === label).map(([, ...rest]) => rest);
  }

  close(): void {
    for (const socket of this.#sockets) {
      socket.disconnect();
    }
  }
}
