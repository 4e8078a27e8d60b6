import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { ChatsRepository } from '../../../src/chats/chats.repository.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import { MembersRepository } from '../../../src/members/members.repository.js';
import type { MessageDraft } from '../../../src/messages/message.js';
import { MessagesRepository } from '../../../src/messages/messages.repository.js';

/** A chat in the database and the ids of its two members. */
export interface StoredPair {
  chatId: string;
  buyerId: string;
  sellerId: string;
}

/** The database with the repositories over it, as one instance of the service has them. */
export class MessageStore {
  readonly messages: MessagesRepository;
  readonly chats: ChatsRepository;
  readonly members: MembersRepository;

  private constructor(
    readonly db: Database,
    private readonly life: { closing: boolean },
  ) {
    this.messages = new MessagesRepository(db);
    this.chats = new ChatsRepository(db, this.messages);
    this.members = new MembersRepository(db);
  }

  /** The embedded database, in memory or in a folder, migrated. */
  static embedded(dataDir = 'memory://'): Promise<MessageStore> {
    return MessageStore.migrated(
      openDatabase(
        {
          engine: 'embedded',
          dataDir,
          url: '',
          poolSize: 1,
          timeoutMs: 10_000,
          migrateOnStart: true,
        },
        failOnIdleError,
      ),
    );
  }

  /**
   * A PostgreSQL database with a connection pool of its own, migrated.
   *
   * @param onIdleError hears of connections that break while unused; by default that fails the test
   */
  static postgres(url: string, poolSize = 4, onIdleError = failOnIdleError): Promise<MessageStore> {
    const life = { closing: false };
    return MessageStore.migrated(
      openDatabase(
        {
          engine: 'postgres',
          url,
          dataDir: '',
          poolSize,
          timeoutMs: 10_000,
          migrateOnStart: true,
        },
        // A pool counts as closed before its connections are; dropping the database may still break them.
        (error) => (life.closing ? undefined : onIdleError(error)),
      ),
      life,
    );
  }

  private static async migrated(db: Database, life = { closing: false }): Promise<MessageStore> {
    await migrateToLatest(db);
    return new MessageStore(db, life);
  }

  /** A new chat of two new users. */
  async newPair(): Promise<StoredPair> {
    const pair = { chatId: uuidv7(), buyerId: `buyer-${randomUUID()}`, sellerId: `seller-${randomUUID()}` };
    await this.chats.createUnlessExists({
      id: pair.chatId,
      buyerId: pair.buyerId,
      sellerId: pair.sellerId,
      keyProductId: null,
    });
    return pair;
  }

  /** Every message of a chat, in seq order. */
  async all(chatId: string) {
    return await this.db.selectFrom('chat.messages').selectAll().where('chat_id', '=', chatId).orderBy('seq').execute();
  }

  async close(): Promise<void> {
    this.life.closing = true;
    await this.db.destroy();
  }
}

/** A message of a chat's buyer, with a new id and a new key unless told otherwise. */
export function draftOf({ chatId, buyerId }: StoredPair, fields: Partial<MessageDraft> = {}): MessageDraft {
  const id = uuidv7();
  return {
    id,
    chatId,
    senderId: buyerId,
    type: 'text',
    text: `text of ${id}`,
    attachments: null,
    replyTo: null,
    system: null,
    productId: null,
    clientMessageId: id,
    ...fields,
  };
}

/** 1, 2, 3 … n */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

function failOnIdleError(error: Error): void {
  throw error;
}
