import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One connection through the proxy: the near end is the client's, the far end the server's. */
interface Pair {
  near: Socket;
  far: Socket;
  /** Nothing gets through any more in either direction, not even that an end was closed. */
  dead: boolean;
  /** What the server sends is lost. */
  deaf: boolean;
  /** The beginning of what the client said. */
  opening: string;
}

/** How much of a conversation's beginning is kept, characters. */
const OPENING_LENGTH = 2_048;

/**
 * A network between clients and servers that fails on demand. It forwards TCP to its targets in turn, and to the next one
 * where a target does not take the connection, as a load balancer does.
 */
export class FaultProxy {
  /** Ports of 127.0.0.1 that new connections go to. */
  targets: readonly number[];
  /** Whether new connections are turned away. */
  refusing = false;
  /** How long what the server sends, and what the client sends, is on its way, milliseconds. */
  latencyMs = 0;
  #pairs = new Set<Pair>();
  #server: Server;
  #turn = 0;
  #blackHole = false;

  private constructor(targets: readonly number[]) {
    this.targets = targets;
    this.#server = createServer({ noDelay: true }, (near) => this.#accept(near));
  }

  static async start(targets: readonly number[]): Promise<FaultProxy> {
    const proxy = new FaultProxy(targets);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Cuts all connections at once: both ends see a reset. */
  cut(): void {
    for (const { near, far } of [...this.#pairs]) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /**
   * Half-open sockets: from now on packets vanish, and neither end hears of it, nor of the other's leaving. New
   * connections vanish too until `heal`; the present ones stay dead.
   */
  blackHole(): void {
    this.#blackHole = true;
    for (const pair of this.#pairs) {
      pair.dead = true;
    }
  }

  /**
   * As `blackHole`, for those of the present connections whose client has said something at its beginning; the others, and
   * new ones, work. @returns how many that were
   */
  blackHoleThoseSaying(words: string): number {
    const chosen = [...this.#pairs].filter(({ opening, dead }) => !dead && opening.includes(words));
    for (const pair of chosen) {
      pair.dead = true;
    }
    return chosen.length;
  }

  heal(): void {
    this.#blackHole = false;
    this.refusing = false;
    this.latencyMs = 0;
  }

  /** What the server sends on the present connections is lost from now on; what clients send arrives. */
  deafen(): void {
    for (const pair of this.#pairs) {
      pair.deaf = true;
    }
  }

  /** The clients of the present connections stop reading: what the server sends piles up at its end. */
  stopReading(): void {
    for (const { far } of this.#pairs) {
      far.pause();
    }
  }

  readAgain(): void {
    for (const { far } of this.#pairs) {
      far.resume();
    }
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #accept(near: Socket): void {
    // Both ends are watched for errors from the first moment: an unheard one would end the test run.
    near.on('error', () => undefined);
    if (this.refusing) {
      near.resetAndDestroy();
      return;
    }
    const first = this.#turn++;
    this.#dial(
      near,
      this.targets.map((_, index) => this.targets[(first + index) % this.targets.length] as number),
    );
  }

  #dial(near: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    const onRefused = (): void => this.#dial(near, others);
    far.once('error', onRefused);
    far.once('connect', () => {
      far.off('error', onRefused);
      far.on('error', () => undefined);
      if (near.destroyed) {
        far.resetAndDestroy();
      } else {
        this.#join({ near, far, dead: this.#blackHole, deaf: false, opening: '' });
      }
    });
  }

  #join(pair: Pair): void {
    const { near, far } = pair;
    this.#pairs.add(pair);
    near.on('data', (chunk) => {
      if (pair.opening.length < OPENING_LENGTH) {
        pair.opening += chunk.toString('latin1');
      }
      this.#forward(pair, far, chunk);
    });
    far.on('data', (chunk) => {
      if (!pair.deaf) {
        this.#forward(pair, near, chunk);
      }
    });
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.on('close', () => {
        if (!pair.dead) {
          other.destroy();
        }
        if (near.destroyed && far.destroyed) {
          this.#pairs.delete(pair);
        }
      });
    }
  }

  /** Equal delays keep the order: Node fires timers of one length in the order they were set. */
  #forward(pair: Pair, to: Socket, chunk: Buffer): void {
    const write = (): void => {
      if (!pair.dead && to.writable) {
        to.write(chunk);
      }
    };
    if (this.latencyMs === 0) {
      write();
    } else {
      setTimeout(write, this.latencyMs);
    }
  }
}
