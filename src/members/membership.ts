import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ChatError } from '../contract/index.js';
import { type ChatMembers, MembersRepository, type Standing } from './members.repository.js';

/** The `members_version` of a chat whose members have never changed: nobody was ever removed from it. */
export const FIRST_VERSION = 1;

/** Ids kept in memory over all chats; about 64 bytes each. */
const MAX_KNOWN_IDS = 500_000;
/** Direct chats that are known to be direct, which spares a look-up each. */
const MAX_KNOWN_DIRECT = 100_000;

/** Who belongs to a chat. */
@Injectable()
export class Membership {
  private readonly known = new LRUCache<string, ChatMembers>({
    maxSize: MAX_KNOWN_IDS,
    sizeCalculation: ({ userIds, removed }) => userIds.length + removed.length + 1,
  });
  private readonly direct = new LRUCache<string, true>({ max: MAX_KNOWN_DIRECT });

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
   * As {@link require}, for who would change what others read: in a direct chat a block stops him too.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `BLOCKED`
   */
  async requireWriter(chatId: string, userId: string, operation: string): Promise<void> {
    const standing = await this.repository.standing(chatId, userId);
    if (standing === undefined) {
      throw ChatError.chatNotFound(operation);
    }
    refuseAcrossBlock(standing, operation);
  }

  /**
   * For what says something in a chat and stores nothing; what is stored is judged under the chat's lock instead.
   *
   * @throws ChatError `CHAT_CLOSED`
   */
  async requireOpen(chatId: string, operation: string): Promise<void> {
    if (await this.repository.isClosed(chatId)) {
      throw ChatError.chatClosed(operation);
    }
  }

  /**
   * The members of a chat as of `version`, the counter that moves with every change of membership and comes with every
   * write, or as of a later one; `null` when they are not in memory and must be {@link load}ed.
   */
  recall(chatId: string, version: number): ChatMembers | null {
    const members = this.known.get(chatId);
    return members !== undefined && members.version >= version ? members : null;
  }

  /** Whether the chat is known to be one whose members never change. */
  isFixed(chatId: string): boolean {
    return this.direct.has(chatId);
  }

  /** Notes that a chat is direct, so that nobody needs to ask. */
  rememberDirect(chatId: string): void {
    this.direct.set(chatId, true);
  }

  /** Takes in what a reader or writer of members has seen; older news than what is known already changes nothing. */
  remember(chatId: string, members: ChatMembers): void {
    if ((this.known.get(chatId)?.version ?? 0) <= members.version) {
      this.known.set(chatId, members);
    }
  }

  /** Reads the members of several chats as they are now. Chats that do not exist are absent from the result. */
  async load(chatIds: readonly string[]): Promise<Map<string, ChatMembers>> {
    const loaded = await this.repository.membersOf(chatIds);
    for (const [chatId, members] of loaded) {
      this.remember(chatId, members);
      if (members.type === 'direct') {
        this.rememberDirect(chatId);
      }
    }
    return loaded;
  }
}

/** @throws ChatError `BLOCKED` while a block stands between the two of a direct chat */
export function refuseAcrossBlock({ blockedByPeer, blocksPeer }: Standing, operation: string): void {
  if (blockedByPeer || blocksPeer) {
    throw ChatError.blocked(operation, blockedByPeer ? 'other' : 'you');
  }
}
