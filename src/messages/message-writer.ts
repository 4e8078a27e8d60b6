import { setTimeout as delay } from 'node:timers/promises';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import { ChatError } from '../contract/index.js';
import { isContention, isTransientDatabaseFailure } from '../database/transient-failure.js';
import type { AppendOutcome } from './append-outcome.js';
import type { MessageDraft } from './message.js';

const OPERATION = 'send message';
const LANES = 2;
/**
 * A statement costs the database and this process as much as storing ten messages. Without a pace, a steady flow that is not
 * heavy enough to queue goes out one or two at a time, and takes several times the CPU it needs.
 */
const PACE_MS = 4;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

type AppendBatch = (drafts: readonly MessageDraft[]) => Promise<AppendOutcome[]>;

interface WriterOptions {
  /** Messages that may wait; a further one is refused. */
  queueLimit: number;
  /** How long a message is retried while the database is away. */
  sendTimeoutMs: number;
  /** Hears of failures that lie in a message or in the code, not in the connection. */
  onFailure: (error: unknown) => void;
}

interface Pending {
  draft: MessageDraft;
  deadline: number;
  resolve: (outcome: AppendOutcome) => void;
  reject: (error: ChatError) => void;
}

/**
 * Group commit: messages that arrive while a batch is being written form the next one.
 *
 * A chat always uses the same of two lanes, and a lane writes one batch at a time, so one sender's messages keep their
 * order while two batches are on their way. A batch that meets a lost connection is repeated until its messages' time
 * is up; one that the database refuses is halved until the poisonous row stands alone, and one that waits in vain for a
 * locked chat until that chat stands alone.
 */
export class MessageWriter {
  private readonly lanes: OneInFlight<Pending>[];

  constructor(
    private readonly append: AppendBatch,
    private readonly options: WriterOptions,
  ) {
    this.lanes = Array.from(
      { length: LANES },
      () =>
        new OneInFlight<Pending>({ handle: (batch) => this.write(batch), onBug: options.onFailure, paceMs: PACE_MS }),
    );
  }

  /**
   * Resolves after the commit.
   *
   * @throws ChatError `OVERLOADED` when the queue is full, `UNAVAILABLE` when the database stayed away, `INTERNAL`
   * when it refused the row
   */
  async store(draft: MessageDraft): Promise<AppendOutcome> {
    if (this.waiting >= this.options.queueLimit) {
      throw new ChatError('OVERLOADED', OPERATION, 'too many messages wait for the database; send it again soon');
    }
    return new Promise((resolve, reject) => {
      this.laneOf(draft.chatId).add({
        draft,
        deadline: performance.now() + this.options.sendTimeoutMs,
        resolve,
        reject,
      });
    });
  }

  /** Messages that no batch has taken yet. */
  get waiting(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.size, 0);
  }

  private laneOf(chatId: string): OneInFlight<Pending> {
    const lane = this.lanes[Number.parseInt(chatId.slice(-1), 16) % LANES];
    if (lane === undefined) {
      throw new Error('unable to pick a lane; the chat id is no UUID');
    }
    return lane;
  }

  private async write(batch: Pending[]): Promise<void> {
    let left = batch;
    for (let retryMs = FIRST_RETRY_MS; left.length > 0; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      try {
        settle(left, await this.append(left.map(({ draft }) => draft)));
        return;
      } catch (error) {
        const stuck = isContention(error) && spansChats(left);
        if (stuck || !isTransientDatabaseFailure(error)) {
          await this.isolate(left, error);
          return;
        }
        left = expire(left, error);
        if (left.length > 0) {
          await delay(retryMs * (0.5 + Math.random()));
        }
      }
    }
  }

  /** The whole batch was rolled back because of some row: its neighbours get another try without it. */
  private async isolate(batch: Pending[], error: unknown): Promise<void> {
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0) {
      this.options.onFailure(error);
      only.reject(
        new ChatError('INTERNAL', OPERATION, 'the database refused the message; the failure is logged', {
          cause: error,
        }),
      );
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await this.write(batch.slice(0, middle));
    await this.write(batch.slice(middle));
  }
}

function spansChats(batch: readonly Pending[]): boolean {
  return batch.some(({ draft }) => draft.chatId !== batch[0]?.draft.chatId);
}

function settle(batch: readonly Pending[], outcomes: readonly AppendOutcome[]): void {
  for (const [index, { resolve, reject }] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) {
      reject(new ChatError('INTERNAL', OPERATION, 'the outcome of the write is unknown; send it again'));
    } else {
      resolve(outcome);
    }
  }
}

/** Gives up on messages whose time is up and returns the others. */
function expire(batch: readonly Pending[], cause: unknown): Pending[] {
  const now = performance.now();
  return batch.filter(({ deadline, reject }) => {
    const alive = deadline > now;
    if (!alive) {
      reject(
        new ChatError(
          'UNAVAILABLE',
          OPERATION,
          'the database is out of reach; repeat it with the same clientMessageId',
          {
            cause,
          },
        ),
      );
    }
    return alive;
  });
}
