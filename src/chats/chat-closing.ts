import { Injectable } from '@nestjs/common';
import { ChatError, type Chat as WireChat } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { Membership } from '../members/membership.js';
import { toWireChat } from './chat.js';
import { ChatsRepository } from './chats.repository.js';

/**
 * The marketplace closes chats. A closed one can be read, marked as read, cleared of one's own messages and, if it is a group, left;
 * nobody but the marketplace says anything in it, and nothing else about it changes.
 *
 * Does not authorise: the caller is a route that has checked its own key. Both use cases may be repeated, and tell the
 * members every time, so that a caller who got no answer can make sure that they know.
 */
@Injectable()
export class ChatClosing {
  constructor(
    private readonly repository: ChatsRepository,
    private readonly membership: Membership,
    private readonly delivery: Delivery,
  ) {}

  /** @throws ChatError `CHAT_NOT_FOUND` */
  async close(chatId: string): Promise<WireChat> {
    const { chat, memberIds } = await this.set(chatId, true, 'close chat');
    this.delivery.chatClosed(memberIds, chat);
    return chat;
  }

  /** @throws ChatError `CHAT_NOT_FOUND` */
  async reopen(chatId: string): Promise<WireChat> {
    const { chat, memberIds } = await this.set(chatId, false, 'reopen chat');
    this.delivery.chatReopened(memberIds, chat);
    return chat;
  }

  private async set(
    chatId: string,
    closed: boolean,
    operation: string,
  ): Promise<{ chat: WireChat; memberIds: readonly string[] }> {
    const chat = await this.repository.setClosed(chatId, closed);
    if (chat === undefined) {
      throw ChatError.chatNotFound(operation);
    }
    // Read after the chat: who was removed before it was as it is must not hear of that.
    const members = (await this.membership.load([chatId])).get(chatId);
    return { chat: toWireChat(chat), memberIds: members?.userIds ?? [] };
  }
}
