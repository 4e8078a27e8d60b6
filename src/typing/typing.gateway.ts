import { Injectable } from '@nestjs/common';
import { Command, type SocketContext } from '../commands/command.js';
import type { CommandPayload } from '../contract/index.js';
import { chatRoom, closedRoom } from '../delivery/rooms.js';
import { Membership } from '../members/membership.js';
import { StartsUnderWay } from './starts-under-way.js';
import { TypingService } from './typing.service.js';

const START = 'start typing';

@Injectable()
export class TypingGateway {
  private readonly starts = new StartsUnderWay();

  constructor(
    private readonly typing: TypingService,
    private readonly membership: Membership,
  ) {}

  @Command('typing:start')
  async start(context: SocketContext, { chatId }: CommandPayload<'typing:start'>): Promise<null> {
    await this.starts.run(context.socket, chatId, async () => {
      await this.authorise(context, chatId, START);
      await this.requireOpen(context, chatId);
      // Asking about the membership takes a moment. The sign of a socket that closed meanwhile would stand until it lapses, and
      // keep the user's other tabs from taking it back.
      if (context.socket.connected) {
        await this.typing.start(chatId, context.session.userId, context.socket.id);
      }
    });
    return null;
  }

  @Command('typing:stop')
  async stop(context: SocketContext, { chatId }: CommandPayload<'typing:stop'>): Promise<null> {
    await this.starts.before(context.socket, chatId);
    await this.authorise(context, chatId, 'stop typing');
    await this.typing.stop(chatId, context.session.userId, context.socket.id);
    return null;
  }

  /**
   * Clients may send a sign for every key stroke. Being in the chat's room is proof of membership without a query:
   * only members are let in.
   */
  private async authorise({ socket, session }: SocketContext, chatId: string, operation: string): Promise<void> {
    if (!socket.rooms.has(chatRoom(chatId))) {
      await this.membership.require(chatId, session.userId, operation);
    }
  }

  /** Sockets in the room of an open chat pass without a query too. */
  private async requireOpen({ socket }: SocketContext, chatId: string): Promise<void> {
    if (!socket.rooms.has(chatRoom(chatId)) || socket.rooms.has(closedRoom(chatId))) {
      await this.membership.requireOpen(chatId, START);
      // It was opened again while this socket joined it.
      await socket.leave(closedRoom(chatId));
    }
  }
}
