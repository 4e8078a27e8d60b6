import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MembersRepository } from '../../../src/members/members.repository.js';
import { MessagesRepository } from '../../../src/messages/messages.repository.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

const QUEUE_LIMIT = 30;

describe('sending messages', () => {
  let chat: TestChat;
  const append = MessagesRepository.prototype.append;

  beforeAll(async () => {
    chat = await TestChat.start({
      env: { ...UNLIMITED, WRITE_QUEUE_LIMIT: String(QUEUE_LIMIT), SEND_TIMEOUT_MS: '500' },
    });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => chat.stop());

  const texts = (count: number) => Array.from({ length: count }, (_, index) => `message ${index + 1}`);

  it('while the database is busy shares one write between them', async () => {
    const { buyer, chatId } = await joinedPair(chat);
    const free = Promise.withResolvers<void>();
    const busy = vi.spyOn(MessagesRepository.prototype, 'append').mockImplementationOnce(async function (
      this: MessagesRepository,
      drafts,
    ) {
      await free.promise;
      return append.call(this, drafts);
    });

    const sending = texts(1 + QUEUE_LIMIT).map((text) => buyer.get('message:send', { chatId, text }));
    await vi.waitFor(() => expect(busy).toHaveBeenCalled(), { timeout: 10_000 });
    // Answered after everything that was sent before it has been received.
    await buyer.barrier();
    free.resolve();
    await Promise.all(sending);

    expect(busy.mock.calls.length).toBeLessThanOrEqual(3);
    expect(busy.mock.calls.map(([drafts]) => drafts.length).reduce((sum, size) => sum + size)).toBe(1 + QUEUE_LIMIT);
  });

  it('beyond what may wait is answered OVERLOADED, and works again afterwards', async () => {
    const { buyer, chatId } = await joinedPair(chat);
    const free = Promise.withResolvers<void>();
    const busy = vi.spyOn(MessagesRepository.prototype, 'append').mockImplementationOnce(async function (
      this: MessagesRepository,
      drafts,
    ) {
      await free.promise;
      return append.call(this, drafts);
    });
    const first = buyer.ask('message:send', { chatId, text: 'in flight' });
    await vi.waitFor(() => expect(busy).toHaveBeenCalled(), { timeout: 10_000 });

    const later = texts(QUEUE_LIMIT + 5).map((text) =>
      buyer.ask('message:send', { chatId, text, clientMessageId: text }),
    );
    await buyer.barrier();
    free.resolve();
    const answers = await Promise.all([first, ...later]);

    const refused = answers.flatMap((answer) => (answer.success ? [] : [answer.error]));
    expect(refused).toHaveLength(5);
    for (const failure of refused) {
      expectRefusal(failure, 'OVERLOADED');
    }
    const last = `message ${QUEUE_LIMIT + 5}`;
    expect(await buyer.get('message:send', { chatId, text: last, clientMessageId: last })).toMatchObject({
      seq: 1 + QUEUE_LIMIT + 1,
    });
  });

  it('whose commit was answered by a lost connection is repeated, stored once and shown once', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    vi.spyOn(MessagesRepository.prototype, 'append').mockImplementationOnce(async function (
      this: MessagesRepository,
      drafts,
    ) {
      await append.call(this, drafts);
      throw new Error('Connection terminated unexpectedly');
    });

    const sent = await buyer.get('message:send', { chatId, text: 'committed, but unheard', productId: 9 });

    expect((await buyer.get('chat:history', { chatId })).messages).toEqual([sent]);
    expect(await seller.event('chat:updated')).toMatchObject({ productId: 9 });
    await seller.barrier();
    expect(seller.received('message:new')).toEqual([sent]);
  });

  it('while the database stays away is answered UNAVAILABLE, and nobody sees the message', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const away = vi.spyOn(MessagesRepository.prototype, 'append').mockRejectedValue(new Error('Connection terminated'));

    expectRefusal(await buyer.failure('message:send', { chatId, text: 'lost', clientMessageId: 'k' }), 'UNAVAILABLE');

    expect(away.mock.calls.length).toBeGreaterThan(1);
    away.mockRestore();
    const sent = await buyer.get('message:send', { chatId, text: 'lost', clientMessageId: 'k' });
    await seller.barrier();
    expect(seller.received('message:new')).toEqual([sent]);
  });

  it('that the database refuses is answered INTERNAL without saying why, and harms no other message', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    vi.spyOn(MessagesRepository.prototype, 'append').mockImplementation(async function (
      this: MessagesRepository,
      drafts,
    ) {
      // The contract keeps NUL characters out; here one comes in behind it.
      return append.call(
        this,
        drafts.map((draft) => (draft.text === 'poison' ? { ...draft, text: 'NUL \u0000' } : draft)),
      );
    });

    const answers = await Promise.all(
      ['good', 'poison', 'good too'].map((text) => buyer.ask('message:send', { chatId, text })),
    );

    const [failure] = answers.flatMap((answer) => (answer.success ? [] : [answer.error]));
    expect(answers.map(({ success }) => success)).toEqual([true, false, true]);
    expectRefusal(failure ?? expect.fail('nothing failed'), 'INTERNAL');
    expect(JSON.stringify(failure)).not.toMatch(/NUL|u0000|append_messages|jsonb/);
    await seller.barrier();
    expect(seller.received('message:new').map(({ text, seq }) => [text, seq])).toEqual([
      ['good', 1],
      ['good too', 2],
    ]);
  });

  it('succeeds though the notification of it cannot be made', async () => {
    const { buyer, seller, chatId } = await connectPair(chat);
    vi.spyOn(MembersRepository.prototype, 'receiverStates').mockRejectedValueOnce(new Error('Connection terminated'));

    const unannounced = await buyer.get('message:send', { chatId, text: 'one' });
    const announced = await buyer.get('message:send', { chatId, text: 'two' });

    expect([unannounced.seq, announced.seq]).toEqual([1, 2]);
    await seller.event('message:notification', ({ message }) => message.seq === 2);
  });
});
