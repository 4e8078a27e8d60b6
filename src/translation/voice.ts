import type { Encoded, Wire } from './wire.js';

/** Says everything to one connection in the order in which it was to be said, also what has to be looked up first. */
export class Voice {
  /** The last of what waits; `null` where nothing does. */
  private waiting: Promise<void> | null = null;

  /** @param onLost hears of words that could not be found: from then on the client lacks something */
  constructor(
    private readonly wire: Pick<Wire, 'write'>,
    private readonly onLost: (error: unknown) => void,
  ) {}

  /** @param isUrgent whether the words go before all that waits, where they are at hand */
  say(words: Encoded | Promise<Encoded>, isUrgent = false): void {
    if ((isUrgent || this.waiting === null) && !(words instanceof Promise)) {
      this.wire.write(words);
      return;
    }
    const before = this.waiting;
    const turn = this.inTurn(before, words).finally(() => {
      if (this.waiting === turn) {
        this.waiting = null;
      }
    });
    this.waiting = turn;
  }

  /** Resolves when all that was to be said so far has been said. */
  async settled(): Promise<void> {
    await this.waiting;
  }

  /** Never rejects. */
  private async inTurn(before: Promise<void> | null, words: Encoded | Promise<Encoded>): Promise<void> {
    // Together: a rejection while the turn before still waits would be nobody's.
    const [outcome] = await Promise.all([
      Promise.resolve(words).then(
        (encoded) => ({ encoded }),
        (error: unknown) => ({ error }),
      ),
      before,
    ]);
    if ('encoded' in outcome) {
      this.wire.write(outcome.encoded);
    } else {
      this.onLost(outcome.error);
    }
  }
}
