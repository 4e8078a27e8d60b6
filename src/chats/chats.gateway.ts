import { Injectable } from '@nestjs/common';
import type { CommandData, CommandPayload } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { chatRoom } from '../delivery/rooms.js';
import { Command, type CommandContext } from '../socket/command.js';
import { ChatsService } from './chats.service.js';

@Injectable()
export class ChatsGateway {
  constructor(
    private readonly chats: ChatsService,
    private readonly delivery: Delivery,
  ) {}

  @Command('chat:create')
  async create(
    { session, socket }: CommandContext,
    payload: CommandPayload<'chat:create'>,
  ): Promise<CommandData<'chat:create'>> {
    const { chat, isNew } = await this.chats.create(session.userId, payload);
    if (!isNew) {
      this.delivery.chatExists(socket, chat);
    }
    return chat;
  }

  /** Joins first, then reads: what is sent in between arrives twice rather than never. */
  @Command('chat:join')
  async join(
    { session, socket }: CommandContext,
    { chatId, limit }: CommandPayload<'chat:join'>,
  ): Promise<CommandData<'chat:join'>> {
    await this.chats.requireMember(session.userId, chatId);
    const wasJoined = socket.rooms.has(chatRoom(chatId));
    await socket.join(chatRoom(chatId));
    try {
      return await this.chats.snapshot(session.userId, chatId, limit);
    } catch (error) {
      if (!wasJoined) {
        await socket.leave(chatRoom(chatId));
      }
      throw error;
    }
  }

  /** Needs no membership: a socket can only leave a room it was let into. */
  @Command('chat:leave')
  async leave({ socket }: CommandContext, { chatId }: CommandPayload<'chat:leave'>): Promise<null> {
    await socket.leave(chatRoom(chatId));
    return null;
  }
}
