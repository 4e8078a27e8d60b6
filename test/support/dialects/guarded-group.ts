import { randomUUID } from 'node:crypto';
import { type DialectName, dialectNames, dialectOf } from '../../../src/dialects/catalogue.js';
import { messageNumber } from '../../../src/dialects/message-number.js';
import type { TestChat } from '../chat/test-chat.js';
import { createGroup, newUserId, type Pair } from '../chats/participants.js';
import { DialectClient } from './dialect-client.js';
import type { Aim } from './outsider-phrases.js';
import { wordings } from './wordings.js';

/** The dialects that Socket.IO clients speak. */
export const eventDialects = dialectNames.filter((name) => dialectOf(name).wire === 'events');

/** Integers that no chat of a test has. */
const NOBODYS_NUMBER = 536_000_000;

/** Two members of a group, who have joined it, and what outsiders may know of it. */
export class GuardedGroup {
  readonly clients: DialectClient[] = [];

  private constructor(
    readonly chat: TestChat,
    readonly members: Pair,
    /** The group's integer, and its one message. */
    readonly number: number,
    private readonly message: { id: string; seq: number },
  ) {}

  static async open(chat: TestChat): Promise<GuardedGroup> {
    const [buyerId, sellerId] = [newUserId(), newUserId()];
    const [buyer, seller] = [await chat.connect(buyerId), await chat.connect(sellerId)];
    const chatId = await createGroup(buyer, [sellerId]);
    await Promise.all([buyer, seller].map((client) => client.get('chat:join', { chatId })));
    const message = await buyer.get('message:send', { chatId, text: 'between us' });
    const token = chat.marketplace.token({ userId: sellerId });
    const numbered = new DialectClient({ url: chat.url(), dialect: 'conversations', token });
    numbered.say('conversation:join', { conversationId: chatId });
    const { conversationId } = await numbered.hears('conversation:joined');
    const group = new GuardedGroup(chat, { buyerId, sellerId, buyer, seller, chatId }, Number(conversationId), message);
    group.clients.push(numbered);
    return group;
  }

  /** The group as a dialect names it, each time with what nobody has in its place. */
  aims(dialect: DialectName): { ofMembers: Aim; ofNobody: Aim }[] {
    const { buyerId, sellerId, chatId } = this.members;
    const foreignToken = this.chat.marketplace.token({ userId: buyerId });
    const members = { buyerId, sellerId, foreignToken };
    const nobody = { buyerId: newUserId(), sellerId: newUserId(), foreignToken };
    if (!dialectOf(dialect).numbered) {
      return [
        {
          ofMembers: { ...members, chat: chatId, message: this.message.id },
          ofNobody: { ...nobody, chat: randomUUID(), message: randomUUID() },
        },
      ];
    }
    const message = messageNumber(this.number, this.message.seq);
    const nobodys = messageNumber(NOBODYS_NUMBER, this.message.seq);
    return [
      {
        ofMembers: { ...members, chat: this.number, message },
        ofNobody: { ...nobody, chat: NOBODYS_NUMBER, message: nobodys },
      },
      // A chat of a numbered dialect may be named by its id too.
      {
        ofMembers: { ...members, chat: chatId, message },
        ofNobody: { ...nobody, chat: randomUUID(), message: nobodys },
      },
    ];
  }

  async connect(dialect: DialectName, userId: number): Promise<DialectClient> {
    return this.dial(dialect, this.chat.marketplace.token({ userId })).connected();
  }

  /** A client that may be refused; nothing is waited for. */
  dial(dialect: DialectName, token?: string): DialectClient {
    const client = new DialectClient({ url: this.chat.url(), dialect, ...(token === undefined ? {} : { token }) });
    this.clients.push(client);
    return client;
  }

  /** Adds somebody to the group, or takes him out of it, and resolves when the members have heard. */
  async change(command: 'add' | 'remove', userId: number): Promise<void> {
    const { buyer, seller, chatId } = this.members;
    await (command === 'add'
      ? buyer.get('group:add', { chatId, userIds: [userId] })
      : buyer.get('group:remove', { chatId, userId }));
    await Promise.all([buyer.barrier(), seller.barrier()]);
  }

  /** Resolves when the members know that a member is online, which they are told beside his connecting. */
  async hasSeen(userId: number): Promise<void> {
    const { buyer, seller } = this.members;
    await Promise.all([buyer, seller].map((client) => client.event('user:online', (user) => user.userId === userId)));
  }

  /** The typing signs of a user that members have seen. */
  signsOf(userId: number): unknown[] {
    const { buyer, seller } = this.members;
    return [buyer, seller].flatMap(({ log }) =>
      log.filter(
        ({ event, payload }) => event.startsWith('typing:') && (payload as { userId: unknown }).userId === userId,
      ),
    );
  }

  /** Somebody who was never in it. */
  async stranger(dialect: DialectName): Promise<{ userId: number; client: DialectClient }> {
    const userId = newUserId();
    return { userId, client: await this.connect(dialect, userId) };
  }

  /** Somebody who was taken out of it, on the connection that had joined it. */
  async formerMember(dialect: DialectName): Promise<{ userId: number; client: DialectClient }> {
    const userId = newUserId();
    const { join, joined, hearsRemoved } = wordings[dialect];
    await this.change('add', userId);
    const client = await this.connect(dialect, userId);
    client.say(...(join?.(this.members.chatId) ?? ['', null]));
    await client.hears(joined);
    await this.hasSeen(userId);
    await this.change('remove', userId);
    await client.hears(hearsRemoved ?? '');
    return { userId, client };
  }

  close(): void {
    for (const { socket } of this.clients) {
      socket.disconnect();
    }
  }
}
