import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { ChatsRepository } from '../../../src/chats/chats.repository.js';
import type { Database } from '../../../src/database/open-database.js';
import { MessagesRepository } from '../../../src/messages/messages.repository.js';

let lastUser = 0;

/** What a client shows of a chat: message id -> its text now, in `seq` order. */
export type Shown = Map<string, string>;

/** One chat of a new pair of users, written to directly, with a record of every change by its rev. */
export class ChatHistory {
  /** `changes[rev - 1]` made the chat's rev. */
  readonly changes: { id: string; text: string }[] = [];
  private readonly ids: string[] = [];
  private readonly messages: MessagesRepository;

  private constructor(
    private readonly db: Database,
    readonly chatId: string,
    readonly buyerId: string,
    readonly sellerId: string,
  ) {
    this.messages = new MessagesRepository(db);
  }

  /** @param buyerId default: a user with no other chat */
  static async create(db: Database, buyerId = `buyer-${++lastUser}`): Promise<ChatHistory> {
    const chat = { id: uuidv7(), buyerId, sellerId: `seller-${++lastUser}` };
    await new ChatsRepository(db, new MessagesRepository(db)).createUnlessExists({ ...chat, keyProductId: null });
    return new ChatHistory(db, chat.id, chat.buyerId, chat.sellerId);
  }

  get rev(): number {
    return this.changes.length;
  }

  async send(count = 1): Promise<void> {
    if (count === 0) {
      return;
    }
    const drafts = Array.from({ length: count }, (_, index) => {
      const id = uuidv7();
      return {
        id,
        chatId: this.chatId,
        senderId: this.sellerId,
        type: 'text' as const,
        text: `message ${this.ids.length + index + 1}`,
        attachments: null,
        replyTo: null,
        productId: null,
        clientMessageId: id,
      };
    });
    await this.messages.append(drafts);
    for (const { id, text } of drafts) {
      this.ids.push(id);
      this.changes.push({ id, text });
    }
  }

  /** Changes a message that exists, chosen by any number; does nothing in an empty chat. */
  async edit(choice: number): Promise<void> {
    const id = this.ids[choice % Math.max(1, this.ids.length)];
    if (id === undefined) {
      return;
    }
    const text = `edited at ${this.rev + 1}`;
    await sql`
      with taken as (
        update chat.chats set last_rev = last_rev + 1 where id = ${this.chatId} returning last_rev
      )
      update chat.messages m set text = ${text}, rev = taken.last_rev, edited_at = now()
        from taken
       where m.chat_id = ${this.chatId} and m.id = ${id}`.execute(this.db);
    this.changes.push({ id, text });
  }

  /** What a client shows that has seen everything up to a rev. */
  shownAt(rev: number): Shown {
    return new Map(this.changes.slice(0, rev).map(({ id, text }) => [id, text]));
  }
}
