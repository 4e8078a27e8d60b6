import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommandFailed } from '../../../demo/client/outcome.js';
import { ResilientChatClient, type ResilientChatClientOptions } from '../../../demo/client/resilient-chat-client.js';
import type { Message } from '../../../src/contract/index.js';
import { Delivery } from '../../../src/delivery/delivery.js';
import { MessagesService } from '../../../src/messages/messages.service.js';
import { AdminClient, WITH_ADMIN } from '../../support/admin/admin-client.js';
import { TestChat } from '../../support/chat/test-chat.js';

describe('the reference client', () => {
  let chat: TestChat;
  let clients: ResilientChatClient[] = [];

  beforeAll(async () => {
    chat = await TestChat.start({ env: WITH_ADMIN });
  });

  afterEach(() => {
    for (const client of clients) {
      client.close();
    }
    clients = [];
    vi.restoreAllMocks();
  });

  afterAll(async () => {
    await chat.stop();
  });

  function open(options: Pick<ResilientChatClientOptions, 'token'> & Partial<ResilientChatClientOptions>) {
    const client = new ResilientChatClient({ url: chat.url(), reconnect: { firstMs: 20 }, ...options });
    clients.push(client);
    client.open();
    return client;
  }

  it('shows a conversation to both sides', async () => {
    const buyer = await chat.connect(1);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 });
    const [one, two] = [1, 2].map((userId) => open({ token: () => chat.marketplace.token({ userId }) }));
    one?.join(chatId);
    two?.join(chatId);
    await one?.send(chatId, 'Is it still available?');
    await two?.send(chatId, 'It is.');
    for (const client of [one, two]) {
      await expect
        .poll(() => client?.messages(chatId).map(({ text }) => text))
        .toEqual(['Is it still available?', 'It is.']);
    }
  });

  /** Two clients of one chat, in which the first has sent three messages that the second shows. */
  async function conversing(writerId: number, readerId: number) {
    const { id: chatId } = await (await chat.connect(writerId)).get('chat:create', {
      buyerId: writerId,
      sellerId: readerId,
    });
    const writer = open({ token: () => chat.marketplace.token({ userId: writerId }) });
    const reader = open({ token: () => chat.marketplace.token({ userId: readerId }) });
    reader.join(chatId);
    const sent: Message[] = [];
    for (const text of ['one', 'two', 'three']) {
      sent.push(await writer.send(chatId, text));
    }
    const shown = () => reader.messages(chatId).map(({ text }) => text);
    await expect.poll(() => reader.caughtUp && shown()).toEqual(['one', 'two', 'three']);
    const idOf = (index: number): string => sent[index]?.id ?? '';
    return { chatId, writer, reader, shown, idOf };
  }

  it('shows edits and deletes as they happen', async () => {
    const synced = vi.spyOn(MessagesService.prototype, 'sync');
    const { chatId, writer, shown, idOf } = await conversing(11, 12);
    const syncs = synced.mock.calls.length;
    await writer.edit(chatId, idOf(0), 'one, corrected');
    await writer.delete(chatId, idOf(1));
    await expect.poll(shown).toEqual(['one, corrected', '', 'three']);
    expect(synced).toHaveBeenCalledTimes(syncs);
  });

  it('asks for an edit that it missed when the next thing happens in the chat', async () => {
    const { chatId, writer, shown, idOf } = await conversing(13, 14);
    vi.spyOn(Delivery.prototype, 'messageUpdated').mockImplementationOnce(() => undefined);
    await writer.edit(chatId, idOf(0), 'missed');
    await writer.delete(chatId, idOf(2));
    await expect.poll(shown, { timeout: 5_000 }).toEqual(['missed', 'two', '']);
  });

  it('knows that a chat was closed and reopened, also where no event came through', async () => {
    const onClosing = vi.fn();
    const { chatId, writer } = await conversing(15, 16);
    const admin = AdminClient.of(chat);
    const client = open({ token: () => chat.marketplace.token({ userId: 16 }), onClosing });
    client.join(chatId);
    await expect.poll(() => client.caughtUp).toBe(true);

    const { closedAt } = await admin.get('POST /admin/chats/:chatId/close', { chatId });
    await expect.poll(() => client.closedAt(chatId)).toBe(closedAt);
    await expect(client.send(chatId, 'too late')).rejects.toMatchObject({ failure: { code: 'CHAT_CLOSED' } });
    vi.spyOn(Delivery.prototype, 'chatReopened').mockImplementationOnce(() => undefined);
    await admin.get('POST /admin/chats/:chatId/reopen', { chatId });
    // A gap makes the client sync.
    vi.spyOn(Delivery.prototype, 'messageNew').mockImplementationOnce(() => undefined);
    await writer.send(chatId, 'missed');
    await writer.send(chatId, 'back again');
    await expect
      .poll(() => onClosing.mock.calls, { timeout: 5_000 })
      .toEqual([
        [chatId, closedAt],
        [chatId, null],
      ]);
  });

  it('tells the sender what the service will never take', async () => {
    const client = open({ token: () => chat.marketplace.token({ userId: 3 }) });
    const strange = '0190b3a0-0000-7000-8000-000000000000';
    await expect(client.send(strange, 'hello')).rejects.toThrow(CommandFailed);
    expect(client.unacked).toBe(0);
  });

  it('drops a chat that is not its user’s, and says so', async () => {
    const onChatLost = vi.fn();
    const client = open({ token: () => chat.marketplace.token({ userId: 4 }), onChatLost });
    const strange = '0190b3a0-0000-7000-8000-000000000001';
    client.join(strange);
    await expect.poll(() => onChatLost.mock.calls).toEqual([[strange, expect.any(CommandFailed)]]);
  });

  it('asks for another token when one was refused', async () => {
    const tokens = [
      chat.marketplace.token({ userId: 5, expiresInSeconds: -10 }),
      chat.marketplace.token({ userId: 5, secret: 'forged' }),
      chat.marketplace.token({ userId: 5 }),
    ];
    const client = open({ token: () => tokens.shift() ?? '' });
    await expect.poll(() => client.ready).toBe(true);
  });

  it('gives up when there is no other token, and says why', async () => {
    const onRefused = vi.fn();
    const forged = chat.marketplace.token({ userId: 6, secret: 'forged' });
    const client = open({ token: () => forged, onRefused });
    await expect.poll(() => onRefused.mock.calls).toEqual([['TOKEN_INVALID']]);
    expect(client.ready).toBe(false);
  });
});
