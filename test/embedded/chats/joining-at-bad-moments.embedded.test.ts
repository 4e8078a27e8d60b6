import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChatsRepository } from '../../../src/chats/chats.repository.js';
import { chatRoom } from '../../../src/delivery/rooms.js';
import { Membership } from '../../../src/members/membership.js';
import { MessagesService } from '../../../src/messages/messages.service.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { type ServerSockets, socketIdOf, watchServerSockets } from '../../support/chats/server-sockets.js';

describe('joining a chat', () => {
  let chat: TestChat;
  let server: ServerSockets;

  beforeAll(async () => {
    server = watchServerSockets();
    chat = await TestChat.start({ env: UNLIMITED });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => chat.stop());

  it('gets a message that is sent before the page is read from the page, and one sent after it live', async () => {
    const { buyer, seller, chatId } = await connectPair(chat);
    const readPage = MessagesService.prototype.page;
    vi.spyOn(MessagesService.prototype, 'page').mockImplementationOnce(async function (this: MessagesService, ...args) {
      await buyer.get('message:send', { chatId, text: 'just before' });
      const page = await readPage.apply(this, args);
      await buyer.get('message:send', { chatId, text: 'just after' });
      return page;
    });

    const joined = await seller.get('chat:join', { chatId });

    expect(joined.messages.map(({ text }) => text)).toEqual(['just before']);
    await seller.event('message:new', ({ text }) => text === 'just after');
    expect(joined.chat.lastSeq).toBe(0);
  });

  it('leaves no trace of a socket that goes away while its membership is looked up', async () => {
    const { seller, chatId } = await connectPair(chat);
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const require = Membership.prototype.require;
    const lookUp = vi.spyOn(Membership.prototype, 'require');
    lookUp.mockImplementationOnce(async function (this: Membership, ...args) {
      asked.resolve();
      await answer.promise;
      return require.apply(this, args);
    });
    const snapshot = vi.spyOn(MessagesService.prototype, 'page');
    const socketId = socketIdOf(seller);

    seller.tell('chat:join', { chatId });
    await asked.promise;
    seller.close();
    await server.gone(socketId);
    answer.resolve();

    await vi.waitFor(() => expect(snapshot).toHaveBeenCalled(), { timeout: 10_000 });
    await snapshot.mock.results[0]?.value;
    expect(server.inRoom(chatRoom(chatId))).toEqual(new Set());
  });

  it('that fails after the door was opened closes it again', async () => {
    const { buyer, seller, chatId } = await connectPair(chat);
    vi.spyOn(ChatsRepository.prototype, 'find').mockRejectedValueOnce(new Error('Connection terminated unexpectedly'));

    expectRefusal(await seller.failure('chat:join', { chatId }), 'UNAVAILABLE');

    expect(server.inRoom(chatRoom(chatId))).toEqual(new Set());
    await buyer.get('message:send', { chatId, text: 'hello' });
    await seller.event('message:notification');
    expect(seller.received('message:new')).toEqual([]);
  });

  it('again, in vain, does not throw out who is in', async () => {
    const { buyer, seller, chatId } = await connectPair(chat);
    await seller.get('chat:join', { chatId });
    vi.spyOn(ChatsRepository.prototype, 'find').mockRejectedValueOnce(new Error('Connection terminated unexpectedly'));

    expectRefusal(await seller.failure('chat:join', { chatId }), 'UNAVAILABLE');

    await buyer.get('message:send', { chatId, text: 'hello' });
    await seller.event('message:new');
  });
});
