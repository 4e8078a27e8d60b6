import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, type Pair, UNLIMITED } from '../../support/chats/participants.js';

const MESSAGE = { text: 'did this arrive?', clientMessageId: 'key' };

/** As after a crash between commit and ack: the messages are stored, this instance has shown none, and senders try again. */
describe('a message sent again to an instance that never showed it', () => {
  let folder: string;
  let chat: TestChat;
  /** Chats of before the restart, each with the message in it. */
  const before: Pair[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-data-'));
    const env = { ...UNLIMITED, DATA_DIR: folder };
    const crashed = await TestChat.start({ env });
    for (let n = 0; n < 3; n += 1) {
      const pair = await connectPair(crashed);
      await pair.buyer.get('message:send', { chatId: pair.chatId, ...MESSAGE });
      before.push(pair);
    }
    await crashed.stop();
    chat = await TestChat.start({ env });
  });
  afterAll(async () => {
    await chat.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The two of a chat from before the restart, connected and joined again. */
  async function returned() {
    const pair = before.pop();
    if (pair === undefined) {
      throw new Error('no chat of before the restart is left; make one more');
    }
    const { buyerId, sellerId, chatId } = pair;
    const [buyer, seller, unjoined] = [
      await chat.connect(buyerId),
      await chat.connect(sellerId),
      await chat.connect(sellerId),
    ];
    await Promise.all([buyer, seller].map((client) => client.get('chat:join', { chatId })));
    return { buyer, buyerId, seller, unjoined, chatId };
  }

  it('has all sockets of its members sync at once; it is shown to nobody as new', async () => {
    const { buyer, seller, unjoined, chatId } = await returned();
    const elsewhere = await joinedPair(chat);

    const again = await buyer.get('message:send', { chatId, ...MESSAGE });

    expect(await seller.event('sync:required')).toEqual({ spreadMs: 0 });
    expect(await buyer.event('sync:required')).toEqual({ spreadMs: 0 });
    expect(await unjoined.event('sync:required')).toEqual({ spreadMs: 0 });
    const [synced] = (await seller.get('chat:sync', { chats: [{ chatId, rev: 0 }] })).chats;
    expect(synced?.messages).toEqual([again]);
    const clients = [buyer, seller, unjoined, elsewhere.buyer, elsewhere.seller];
    await Promise.all(clients.map((client) => client.barrier()));
    expect(clients.map((client) => client.received('sync:required').length)).toEqual([1, 1, 1, 0, 0]);
    expect(clients.flatMap((client) => client.received('message:new'))).toEqual([]);
    expect(unjoined.received('message:notification')).toEqual([]);
  });

  it('asks for one sync, however often it is sent', async () => {
    const { buyer, buyerId, seller, chatId } = await returned();
    const phone = await chat.connect(buyerId);

    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? buyer : phone).get('message:send', { chatId, ...MESSAGE }),
      ),
    );

    await seller.event('sync:required');
    await seller.barrier();
    expect(seller.received('sync:required')).toHaveLength(1);
  });

  it('asks for no sync when it turns out to be another message under the same key', async () => {
    const { buyer, seller, chatId } = await returned();
    expect(await buyer.failure('message:send', { chatId, ...MESSAGE, text: 'another' })).toMatchObject({
      code: 'DUPLICATE_CLIENT_ID',
    });
    await seller.barrier();
    expect(seller.received('sync:required')).toEqual([]);
  });

  it('asks for none where it was shown: a message of this instance repeats in silence, edited or not', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const { id: messageId } = await buyer.get('message:send', { chatId, ...MESSAGE });
    await buyer.get('message:send', { chatId, ...MESSAGE });
    await buyer.get('message:edit', { chatId, messageId, text: 'edited' });
    await buyer.get('message:send', { chatId, ...MESSAGE });

    await Promise.all([buyer.barrier(), seller.barrier()]);
    expect([...buyer.received('sync:required'), ...seller.received('sync:required')]).toEqual([]);
    expect(seller.received('message:new')).toHaveLength(1);
  });
});
