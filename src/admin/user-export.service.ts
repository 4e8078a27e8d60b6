import { Injectable } from '@nestjs/common';
import { toWireChat } from '../chats/chat.js';
import { ChatsRepository, type MembersChat } from '../chats/chats.repository.js';
import type { AdminData, AdminPayload, ExportItem } from '../contract/index.js';
import { toWireSettings } from '../members/member.js';
import { AuthoredMessagesRepository } from '../messages/authored-messages.repository.js';
import { GivenReactionsRepository } from '../messages/given-reactions.repository.js';
import { toWireMessage } from '../messages/message.js';
import { toWireVersion } from '../messages/message-version.js';
import {
  BEFORE_ALL_CHATS,
  type ByKey,
  type BySeq,
  type ByVersion,
  ExportCursor,
  type Position,
  readCursor,
  writeCursor,
} from './cursor.js';
import { UserChats } from './user-chats.js';
import { UserRecordsRepository } from './user-records.repository.js';

/** So that a user with many chats in which he left nothing is answered soon, too: with a page that is short. */
const READS_PER_PAGE = 100;

/** Reads one part of one chat, behind a key; `next` is the key to go on from, null at the part's end. */
type ReadPart<After> = (
  chatId: string,
  after: After | null,
  limit: number,
) => Promise<{ items: ExportItem[]; next: After | null }>;

interface Walked<After> {
  items: ExportItem[];
  next: Position<After> | null;
}

/**
 * All that is kept of a user, in pages: first his chats, then what he wrote, then what that said before, then
 * his reactions, and last what else is kept of him. A page is read
 * where the one before ended, so the whole may be as large as it likes.
 */
@Injectable()
export class UserExport {
  constructor(
    private readonly chats: ChatsRepository,
    private readonly authored: AuthoredMessagesRepository,
    private readonly reactions: GivenReactionsRepository,
    private readonly records: UserRecordsRepository,
    private readonly userChats: UserChats,
  ) {}

  /**
   * Does not authorise: the caller is a route that has checked its own key.
   *
   * @throws ChatError `VALIDATION_FAILED` for a cursor that is none
   */
  async page({
    userId,
    cursor: text,
    limit,
  }: AdminPayload<'GET /admin/users/:userId/export'>): Promise<AdminData<'GET /admin/users/:userId/export'>> {
    const cursor = text === undefined ? beginning('chats') : readCursor(text, ExportCursor, 'export user');
    const { items, next } = await this.read(userId, cursor, limit);
    return { items, nextCursor: next === null ? null : writeCursor(next) };
  }

  private async read(
    userId: string,
    cursor: ExportCursor,
    limit: number,
  ): Promise<{ items: ExportItem[]; next: ExportCursor | null }> {
    switch (cursor.part) {
      case 'chats': {
        const chats = await this.chats.ofMember(userId, cursor.chatId, limit);
        const last = chats.length < limit ? undefined : chats.at(-1);
        return {
          items: chats.map(toChatItem),
          next: last === undefined ? beginning('messages') : { part: 'chats', chatId: last.id },
        };
      }
      case 'messages': {
        const { items, next } = await this.walk<ByKey>(userId, cursor, limit, async (chatId, after, most) => {
          const messages = await this.authored.page(chatId, userId, after?.[0] ?? '', most);
          const last = messages.length < most ? undefined : messages.at(-1);
          return {
            items: messages.map((message) => ({ kind: 'message', message: toWireMessage(message) })),
            next: last === undefined ? null : [last.clientMessageId],
          };
        });
        return { items, next: next === null ? beginning('versions') : { part: 'messages', ...next } };
      }
      case 'versions': {
        const { items, next } = await this.walk<ByVersion>(userId, cursor, limit, async (chatId, after, most) => {
          const versions = await this.authored.versionsOf(chatId, userId, after, most);
          const last = versions.length < most ? undefined : versions.at(-1);
          return {
            items: versions.map((version) => ({ kind: 'version', version: toWireVersion(version) })),
            next: last === undefined ? null : [last.messageId, last.rev],
          };
        });
        return { items, next: next === null ? beginning('reactions') : { part: 'versions', ...next } };
      }
      case 'reactions': {
        const { items, next } = await this.walk<BySeq>(userId, cursor, limit, async (chatId, after, most) => {
          const page = await this.reactions.page(chatId, userId, after?.[0] ?? 0, most);
          return {
            items: page.given.map(({ messageId, emoji }) => ({ kind: 'reaction', chatId, messageId, emoji })),
            next: page.next === null ? null : [page.next],
          };
        });
        return { items, next: next === null ? { part: 'records', after: [0, ''] } : { part: 'reactions', ...next } };
      }
      case 'records': {
        const { items, next } = await this.records.page(userId, cursor.after, limit);
        return { items, next: next === null ? null : { part: 'records', after: [...next] } };
      }
    }
  }

  private async walk<After>(
    userId: string,
    start: Position<After>,
    limit: number,
    read: ReadPart<After>,
  ): Promise<Walked<After>> {
    const items: ExportItem[] = [];
    let reads = 0;
    for await (const { chatId, after } of this.userChats.from(userId, start)) {
      let position = after;
      do {
        const found = await read(chatId, position, limit - items.length);
        items.push(...found.items);
        position = found.next;
        reads += 1;
      } while (position !== null && items.length < limit && reads < READS_PER_PAGE);
      if (items.length === limit || reads === READS_PER_PAGE) {
        return { items, next: { chatId, after: position } };
      }
    }
    return { items, next: null };
  }
}

function beginning(part: Exclude<ExportCursor['part'], 'records'>): ExportCursor {
  return { part, chatId: BEFORE_ALL_CHATS, after: null };
}

function toChatItem({ role, lastReadSeq, lastDeliveredSeq, joinedAt, ...chat }: MembersChat): ExportItem {
  return {
    kind: 'chat',
    chat: toWireChat(chat),
    role,
    lastReadSeq,
    lastDeliveredSeq,
    joinedAt: joinedAt.toISOString(),
    settings: toWireSettings(chat.id, chat),
  };
}
