import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

const DEVICES_PER_INSTANCE = 5;
const MESSAGES_EACH = 20;

describeWithServices('sends to two instances at once', (services) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        RATE_LIMIT_MESSAGES: '1000000',
      },
    });
  });
  afterAll(() => chat.stop());

  it('with the same clientMessageId make one message, and both are acked with it', async () => {
    const tabs = [await chat.connect(11), await chat.connect(11, { instance: 1 })];
    const seller = await chat.connect(12, { instance: 1 });
    const [first] = tabs;
    const chatId = (await first?.get('chat:create', { buyerId: 11, sellerId: 12 }))?.id as string;
    await seller.get('chat:join', { chatId });

    for (let round = 1; round <= 10; round++) {
      const send = { chatId, text: `round ${round}`, clientMessageId: `key ${round}` };
      const [one, other] = await Promise.all(tabs.map((tab) => tab.get('message:send', send)));
      expect(one).toEqual(other);
      expect(one?.seq).toBe(round);
    }

    const { messages } = await seller.get('chat:history', { chatId });
    expect(messages).toHaveLength(10);
    await vi.waitFor(() => expect(seller.received('message:new')).toEqual(messages));
  });

  it('with the same clientMessageId and another text make one message; the other is told', async () => {
    const tabs = [await chat.connect(21), await chat.connect(21, { instance: 1 })];
    const chatId = (await tabs[0]?.get('chat:create', { buyerId: 21, sellerId: 22 }))?.id as string;

    const answers = await Promise.all(
      tabs.map((tab, index) => tab.ask('message:send', { chatId, text: `text ${index}`, clientMessageId: 'one key' })),
    );

    const stored = answers.flatMap((answer) => (answer.success ? [answer.data] : []));
    const refused = answers.flatMap((answer) => (answer.success ? [] : [answer.error.code]));
    expect(stored).toHaveLength(1);
    expect(refused).toEqual(['DUPLICATE_CLIENT_ID']);
    expect((await tabs[0]?.get('chat:history', { chatId }))?.messages).toEqual(stored);
  });

  it('into one chat are numbered without gaps, and reach every joined socket exactly once', async () => {
    const connectAll = (userId: number) =>
      Promise.all(
        Array.from({ length: 2 * DEVICES_PER_INSTANCE }, (_, index) => chat.connect(userId, { instance: index % 2 })),
      );
    const devices = [...(await connectAll(31)), ...(await connectAll(32))];
    const chatId = (await devices[0]?.get('chat:create', { buyerId: 31, sellerId: 32 }))?.id as string;
    await Promise.all(devices.map((device) => device.get('chat:join', { chatId })));

    const acked = (
      await Promise.all(
        devices.flatMap((device, index) =>
          Array.from({ length: MESSAGES_EACH }, (_, count) =>
            device.get('message:send', { chatId, text: `${index}:${count}` }),
          ),
        ),
      )
    ).sort((one, other) => one.seq - other.seq);

    const total = devices.length * MESSAGES_EACH;
    expect(acked.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(new Set(acked.map(({ text }) => text)).size).toBe(total);
    for (const device of devices) {
      await vi.waitFor(() => expect(device.received('message:new')).toHaveLength(total), { timeout: 10_000 });
      const shown = device.received('message:new').toSorted((one, other) => one.seq - other.seq);
      expect(shown).toEqual(acked);
    }
  });
});
