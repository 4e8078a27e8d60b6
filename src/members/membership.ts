import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ChatError } from '../contract/index.js';
import { MembersRepository } from './members.repository.js';

interface KnownMembers {
  version: number;
  userIds: readonly string[];
}

/** Ids kept in memory over all chats; about 64 bytes each. */
const MAX_KNOWN_IDS = 500_000;

/** Who belongs to a chat. */
@Injectable()
export class Membership {
  private readonly known = new LRUCache<string, KnownMembers>({
    maxSize: MAX_KNOWN_IDS,
    sizeCalculation: ({ userIds }) => userIds.length + 1,
  });

  constructor(private readonly repository: MembersRepository) {}

  /**
   * The first line of every use case inside a chat.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, the same for a chat that does not exist and one of others
   */
  async require(chatId: string, userId: string, operation: string): Promise<void> {
    if (!(await this.repository.isMember(chatId, userId))) {
      throw ChatError.chatNotFound(operation);
    }
  }

  /**
   * The member ids of a chat as of `version`, the counter that moves with every change of membership and comes with
   * every write; `null` when they are not in memory and must be {@link load}ed.
   */
  recall(chatId: string, version: number): readonly string[] | null {
    const members = this.known.get(chatId);
    return members !== undefined && members.version >= version ? members.userIds : null;
  }

  /** Reads the member ids of several chats, each with the version it must be at least as new as. */
  async load(versions: ReadonlyMap<string, number>): Promise<void> {
    const ids = await this.repository.idsOf([...versions.keys()]);
    for (const [chatId, userIds] of ids) {
      this.known.set(chatId, { version: versions.get(chatId) ?? 0, userIds });
    }
  }
}
