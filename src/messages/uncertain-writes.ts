const PROBE_INTERVAL_MS = 1_000;

interface UncertainWritesOptions {
  /** How long a statement may run that the database has begun, milliseconds. */
  statementTimeoutMs: number;
  /** Resolves when the database answers; rejects while it does not. */
  probe: () => Promise<void>;
  /** Tells those who joined a chat to sync. */
  tell: (chatId: string) => void;
}

/**
 * Chats in which a write was given up without knowing its outcome.
 *
 * It may have been committed, and it still may be: a stalled server has received the statement and runs it when it goes
 * on, although nobody waits for it any more. Nobody announces such a message or change, and the repeated command only finds
 * it there. So who joined the chat is told to sync, as soon as the database answers, and again when every statement from before
 * must have ended.
 */
export class UncertainWrites {
  private readonly chats = new Set<string>();
  private running = false;
  private stopped = false;

  constructor(private readonly options: UncertainWritesOptions) {}

  add(chatId: string): void {
    this.chats.add(chatId);
    if (!this.running) {
      this.running = true;
      void this.run();
    }
  }

  /** Whether some chat has not been told for the last time. */
  get pending(): boolean {
    return this.running;
  }

  /** Tells nobody any more. {@link pending} is to be read before. */
  stop(): void {
    this.stopped = true;
    this.chats.clear();
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    while (this.chats.size > 0) {
      if (await this.databaseAnswers()) {
        const chats = [...this.chats];
        this.chats.clear();
        this.tellAll(chats);
        await pause(this.options.statementTimeoutMs);
        this.tellAll(chats);
      } else {
        await pause(PROBE_INTERVAL_MS);
      }
    }
    this.running = false;
  }

  private tellAll(chats: readonly string[]): void {
    for (const chatId of this.stopped ? [] : chats) {
      this.options.tell(chatId);
    }
  }

  private databaseAnswers(): Promise<boolean> {
    return this.options.probe().then(
      () => true,
      () => false,
    );
  }
}

/** Keeps no process alive that has nothing else to do. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
