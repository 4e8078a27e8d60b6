import { Injectable, Logger } from '@nestjs/common';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import { FIRST_VERSION, Membership } from './membership.js';

/** @param removed former members whose sockets may still be in the chat's room */
type Show = (removed: readonly string[]) => void;

interface Waiting {
  /** The least `members_version` that must be known; `null` for the present one. */
  version: number | null;
  show: Show;
  giveUp: () => void;
}

const NOBODY: readonly string[] = [];

/** Events that may wait, over all chats. Beyond it one is given up: a database that hangs must not fill the memory. */
const WAITING_LIMIT = 10_000;

/**
 * Lets events into a chat's room, past the members who were removed from it.
 *
 * A removal takes the member's sockets out of the room, but an instance may hear of it later than of a message that was
 * committed after it. So whoever emits must know whom to leave out: every write comes with the version of the chat's members,
 * and an event waits until that version, or a later one, is in memory. Events of one chat keep their order while they wait.
 */
@Injectable()
export class ChatAudience {
  private readonly logger = new Logger(ChatAudience.name);
  /** The events of each chat that wait for its members. A chat stands here as long as a load of it is due. */
  private readonly waiting = new Map<string, Waiting[]>();
  /** How many events wait. */
  private size = 0;
  private readonly loads = new OneInFlight<string>({
    handle: (chatIds) => this.load(chatIds),
    onBug: (error) => this.logger.error({ err: error }, 'events lost'),
  });

  constructor(private readonly membership: Membership) {}

  /**
   * Calls `show` once it is known whom the room must not reach: at once for a chat whose members never changed, and
   * where they are in memory.
   *
   * @param version `members_version` as of the event's own write; `null` for an event that writes nothing
   * @param giveUp called instead when the members cannot be read, or too many events wait for members already
   */
  address(chatId: string, version: number | null, show: Show, giveUp: () => void = () => undefined): void {
    if (version === FIRST_VERSION) {
      show(NOBODY);
      return;
    }
    const queue = this.waiting.get(chatId);
    const removed = queue === undefined ? this.known(chatId, version) : null;
    if (removed !== null) {
      show(removed);
    } else if (this.size >= WAITING_LIMIT) {
      giveUp();
    } else {
      this.size++;
      this.wait(chatId, { version, show, giveUp });
    }
  }

  /** Resolves when no event waits any more. */
  async idle(): Promise<void> {
    await this.loads.idle();
  }

  private wait(chatId: string, event: Waiting): void {
    const queue = this.waiting.get(chatId);
    if (queue === undefined) {
      this.waiting.set(chatId, [event]);
      this.loads.add(chatId);
    } else {
      queue.push(event);
    }
  }

  private known(chatId: string, version: number | null): readonly string[] | null {
    if (version !== null) {
      return this.membership.recall(chatId, version)?.removed ?? null;
    }
    return this.membership.isFixed(chatId) ? NOBODY : null;
  }

  /** What comes while a load is under way may be younger than what it reads, and waits for the next one. */
  private async load(chatIds: readonly string[]): Promise<void> {
    const due = new Map(chatIds.map((chatId) => [chatId, this.waiting.get(chatId) ?? []]));
    for (const chatId of due.keys()) {
      this.waiting.set(chatId, []);
    }
    try {
      const loaded = await this.membership.load(chatIds);
      for (const [chatId, events] of due) {
        for (const { show } of events) {
          show(loaded.get(chatId)?.removed ?? NOBODY);
        }
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'events not shown; the members of their chats are out of reach');
      for (const { giveUp } of [...due.values()].flat()) {
        giveUp();
      }
    } finally {
      for (const [chatId, { length }] of due) {
        this.size -= length;
        this.goOn(chatId);
      }
    }
  }

  /** Emits what needs no further load, in order up to the first that does. */
  private goOn(chatId: string): void {
    const queue = this.waiting.get(chatId) ?? [];
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const removed = this.known(chatId, next.version);
      if (removed === null) {
        this.loads.add(chatId);
        return;
      }
      queue.shift();
      this.size--;
      next.show(removed);
    }
    this.waiting.delete(chatId);
  }
}
