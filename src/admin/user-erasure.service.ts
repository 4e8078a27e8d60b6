import { Injectable } from '@nestjs/common';
import { Intake } from '../commands/intake.js';
import type { AdminData, AdminPayload } from '../contract/index.js';
import { GroupsService } from '../groups/groups.service.js';
import { AuthoredMessagesRepository } from '../messages/authored-messages.repository.js';
import { ChatWrites } from '../messages/chat-writes.js';
import { GivenReactionsRepository } from '../messages/given-reactions.repository.js';
import { MessageAnnouncer } from '../messages/message-announcer.js';
import { SessionCut } from '../socket/session-cut.js';
import {
  BEFORE_ALL_CHATS,
  type ByKey,
  type BySeq,
  ErasureCursor,
  type Position,
  readCursor,
  writeCursor,
} from './cursor.js';
import { UserChats } from './user-chats.js';
import { UserRecordsRepository } from './user-records.repository.js';

/** Messages that one transaction changes. It keeps the chat locked, and whoever sends to it waits that long. */
const BATCH = 200;
/** Groups that are looked up at once. Each is left in a transaction of its own. */
const GROUPS_AT_ONCE = 20;

type Erased = AdminData<'POST /admin/users/:userId/erase'>;

/** What a batch did, and where the next one begins; `null` where nothing is left in the chat. */
interface Batch<After> {
  visited: number;
  changed: number;
  next: After | null;
}

/**
 * Deletes what a user wrote, as if he had deleted it himself, and with it what it said before; takes his reactions back; and
 * then forgets what else is kept of him. The messages keep their places as tombstones: the chats are the other members' too. His
 * groups he leaves first: each needs an owner who is there, and nothing of his can come into it any more behind the walk.
 *
 * It is done in batches that each stand by themselves. Broken off, it goes on from the cursor or from the beginning, and
 * comes to the same end: what is deleted already is passed over. What was stored before the first call is deleted for
 * certain; what the user sends meanwhile may be missed, so the marketplace takes his tokens back first.
 */
@Injectable()
export class UserErasure {
  constructor(
    private readonly userChats: UserChats,
    private readonly authored: AuthoredMessagesRepository,
    private readonly reactions: GivenReactionsRepository,
    private readonly groups: GroupsService,
    private readonly records: UserRecordsRepository,
    private readonly announcer: MessageAnnouncer,
    private readonly writes: ChatWrites,
    private readonly sessions: SessionCut,
    private readonly intake: Intake,
  ) {}

  /**
   * One step. The first, without a cursor, cuts the user off before it deletes anything.
   *
   * Does not authorise: the caller is a route that has checked its own key.
   *
   * @throws ChatError `VALIDATION_FAILED` for a cursor that is none, `UNAVAILABLE` while a store is out of reach
   */
  async step({ userId, cursor, limit }: AdminPayload<'POST /admin/users/:userId/erase'>): Promise<Erased> {
    const start = cursor === undefined ? null : readCursor(cursor, ErasureCursor, 'erase user');
    if (start === null) {
      await this.sessions.cut(userId);
    }
    const done = { messages: 0, versions: 0, reactions: 0, records: 0 };
    const next = await this.go(userId, start ?? { erase: 'groups', chatId: BEFORE_ALL_CHATS }, { left: limit }, done);
    return { ...done, nextCursor: next === null ? null : writeCursor(next) };
  }

  /** @returns where it goes on; `null` when nothing is left */
  private async go(
    userId: string,
    start: ErasureCursor,
    budget: { left: number },
    done: Omit<Erased, 'nextCursor'>,
  ): Promise<ErasureCursor | null> {
    let cursor = start;
    if (cursor.erase === 'groups') {
      const next = await this.leaveGroups(userId, cursor.chatId, budget);
      if (next !== null) {
        return { erase: 'groups', chatId: next };
      }
      cursor = { erase: 'messages', ...BEGINNING };
    }
    if (cursor.erase === 'messages') {
      const next = await this.walk<ByKey>(userId, cursor, budget, async (chatId, after, most) => {
        const batch = await this.authored.erase(chatId, userId, after?.[0] ?? '', most);
        done.messages += batch.messages;
        done.versions += batch.versions;
        const isLast = batch.visited < most || batch.lastKey === null;
        return { visited: batch.visited, changed: batch.messages, next: isLast ? null : [batch.lastKey ?? ''] };
      });
      if (next !== null) {
        return { erase: 'messages', ...next };
      }
      cursor = { erase: 'reactions', ...BEGINNING };
    }
    if (cursor.erase === 'reactions') {
      const next = await this.walk<BySeq>(userId, cursor, budget, async (chatId, after, most) => {
        const { messages, next: seq } = await this.reactions.erase(chatId, userId, after?.[0] ?? 0, most);
        done.reactions += messages;
        return { visited: messages + 1, changed: messages, next: seq === null ? null : [seq] };
      });
      if (next !== null) {
        return { erase: 'reactions', ...next };
      }
    }
    // Last, because among the records stands in which chats he was.
    done.records = await this.records.erase(userId, BATCH);
    return null;
  }

  /**
   * The notices that he left are his messages, and are erased with them.
   *
   * @returns the group behind which it goes on; `null` when he is in none any more
   */
  private async leaveGroups(userId: string, start: string, budget: { left: number }): Promise<string | null> {
    let behind = start;
    while (true) {
      const most = Math.min(GROUPS_AT_ONCE, Math.max(1, budget.left));
      const left = await this.groups.leaveNext(userId, behind, most);
      budget.left -= left.length;
      const last = left.at(-1);
      if (last === undefined || left.length < most) {
        return null;
      }
      behind = last;
      if (this.isOver(budget)) {
        return behind;
      }
    }
  }

  /** Ends behind the user's last chat, or when the budget is spent, or when this instance goes away. */
  private async walk<After>(
    userId: string,
    start: Position<After>,
    budget: { left: number },
    erase: (chatId: string, after: After | null, most: number) => Promise<Batch<After>>,
  ): Promise<Position<After> | null> {
    for await (const { chatId, after } of this.userChats.from(userId, start)) {
      let position = after;
      let changed = 0;
      try {
        do {
          const [from, most] = [position, Math.min(BATCH, Math.max(1, budget.left))];
          const batch = await this.writes.attempt(chatId, () => erase(chatId, from, most));
          changed += batch.changed;
          budget.left -= batch.visited;
          position = batch.next;
        } while (position !== null && !this.isOver(budget));
      } finally {
        if (changed > 0) {
          // An event for each of thousands of messages would be a storm; the members catch up page by page.
          this.announcer.askToSync(chatId);
        }
      }
      // A chat costs something too when he left nothing in it.
      budget.left -= 1;
      if (this.isOver(budget)) {
        return { chatId, after: position };
      }
    }
    return null;
  }

  private isOver({ left }: { left: number }): boolean {
    return left <= 0 || this.intake.isClosed;
  }
}

const BEGINNING = { chatId: BEFORE_ALL_CHATS, after: null } as const;
