import { Injectable } from '@nestjs/common';
import { MembersRepository } from '../members/members.repository.js';
import type { Position } from './cursor.js';

const CHATS_AHEAD = 100;

/** The chats in which a user may have left something: those he is in, and those he was removed from or has left. */
@Injectable()
export class UserChats {
  constructor(private readonly members: MembersRepository) {}

  /**
   * Walks through a user's chats from a position on, in the order of their ids, few of them in memory at a time. The first
   * may be one that a walk before broke off in.
   */
  async *from<After>(userId: string, position: Position<After>): AsyncGenerator<Position<After>> {
    if (position.after !== null) {
      yield position;
    }
    let behind: string | undefined = position.chatId;
    while (behind !== undefined) {
      const chatIds: string[] = await this.members.chatIdsOf(userId, behind, CHATS_AHEAD);
      for (const chatId of chatIds) {
        yield { chatId, after: null };
      }
      behind = chatIds.length < CHATS_AHEAD ? undefined : chatIds.at(-1);
    }
  }
}
