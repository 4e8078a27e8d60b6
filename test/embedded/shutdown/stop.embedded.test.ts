import { describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { probe } from '../../support/process/health-probe.js';

describe('an instance that is stopped', () => {
  it('warns its clients, closes their transports and its port, and does not mind being stopped twice', async () => {
    const chat = await TestChat.start();
    const client = await chat.connect(1);
    const polling = await chat.connect(2, { transports: ['polling'] });
    const [service] = chat.instances;

    await Promise.all([service?.stop(), service?.stop()]);

    const { reconnectInMs } = await client.event('server:draining');
    expect(reconnectInMs).toBeGreaterThanOrEqual(0);
    // After these reasons a client comes back by itself. One that polls may be between two requests, and so find the
    // port closed before it has heard anything.
    expect(await client.disconnected()).toBe('transport close');
    expect(await polling.disconnected()).toMatch(/^transport (close|error)$/);
    await expect(probe(chat.url(), 'live')).rejects.toThrow();
    await chat.stop();
  });

  it('stores and acks the sends that are under way, and shows them before it goes', async () => {
    const chat = await TestChat.start();
    const buyer = await chat.connect(1);
    const seller = await chat.connect(2);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: 1, sellerId: 2 });
    await buyer.get('chat:join', { chatId });
    await seller.get('chat:join', { chatId });

    const sends = Array.from({ length: 20 }, (_, index) =>
      buyer.ask('message:send', { chatId, text: `${index}` }).catch(() => null),
    );
    // The first is acked, the others are somewhere between the client and the database.
    await sends[0];
    await chat.instances[0]?.stop();

    const acked = (await Promise.all(sends)).flatMap((answer) => (answer?.success ? [answer.data] : []));
    expect(acked.length).toBeGreaterThan(0);
    expect(seller.received('message:new')).toEqual(acked);
    await chat.stop();
  });
});
