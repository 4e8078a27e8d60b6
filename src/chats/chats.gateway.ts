import { Injectable } from '@nestjs/common';
import { Command, type CommandContext, type SocketContext } from '../commands/command.js';
import { ChatError, type CommandData, type CommandPayload, type JoinedChat } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';
import { chatRoom, closedRoom } from '../delivery/rooms.js';
import { ChatsService } from './chats.service.js';

@Injectable()
export class ChatsGateway {
  /** What a socket is doing with a chat: a leave that follows a join at once must not overtake it. */
  private readonly turns = new WeakMap<ChatSocket, Map<string, Promise<unknown>>>();

  constructor(
    private readonly chats: ChatsService,
    private readonly delivery: Delivery,
  ) {}

  @Command('chat:create')
  async create(
    { session, socket }: CommandContext,
    payload: CommandPayload<'chat:create'>,
  ): Promise<CommandData<'chat:create'>> {
    const { chat, isNew } =
      payload.type === 'group'
        ? await this.chats.createGroup(session.userId, payload)
        : await this.chats.create(session.userId, payload);
    if (!isNew && socket !== null) {
      this.delivery.chatExists(socket, chat);
    }
    return chat;
  }

  @Command('chat:get')
  async get(
    { session }: CommandContext,
    { chatId, limit }: CommandPayload<'chat:get'>,
  ): Promise<CommandData<'chat:get'>> {
    return this.chats.read(session.userId, chatId, limit);
  }

  /** Joins first, then reads: what is sent in between arrives twice rather than never. */
  @Command('chat:join')
  async join(
    { session, socket }: SocketContext,
    { chatId, limit }: CommandPayload<'chat:join'>,
  ): Promise<CommandData<'chat:join'>> {
    return this.inTurn(socket, chatId, () => this.enter(socket, session.userId, chatId, limit));
  }

  private async enter(socket: ChatSocket, userId: string, chatId: string, limit: number): Promise<JoinedChat> {
    const room = chatRoom(chatId);
    const wasJoined = socket.rooms.has(room);
    try {
      await this.chats.requireMember(userId, chatId);
      await socket.join(room);
      const joined = await this.chats.snapshot(userId, chatId, limit);
      if (joined.chat.closedAt !== null) {
        await socket.join(closedRoom(chatId));
      }
      return joined;
    } catch (error) {
      // Who was removed meanwhile must not stay, even if he was in before.
      const isOut = error instanceof ChatError && error.code === 'CHAT_NOT_FOUND';
      if (socket.rooms.has(room) && (isOut || !wasJoined)) {
        await socket.leave(room);
      }
      throw error;
    }
  }

  /** Needs no membership: a socket can only leave a room it was let into. */
  @Command('chat:leave')
  async leave({ socket }: SocketContext, { chatId }: CommandPayload<'chat:leave'>): Promise<null> {
    await this.inTurn(socket, chatId, async () => {
      await socket.leave(chatRoom(chatId));
      await socket.leave(closedRoom(chatId));
    });
    return null;
  }

  private inTurn<T>(socket: ChatSocket, chatId: string, work: () => Promise<T>): Promise<T> {
    const chats = this.turns.get(socket) ?? new Map<string, Promise<unknown>>();
    this.turns.set(socket, chats);
    const turn = (chats.get(chatId) ?? Promise.resolve()).then(work, work);
    chats.set(chatId, turn);
    const forget = (): void => {
      if (chats.get(chatId) === turn) {
        chats.delete(chatId);
      }
    };
    turn.then(forget, forget);
    return turn;
  }
}
