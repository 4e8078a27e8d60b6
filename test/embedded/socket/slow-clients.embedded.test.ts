import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { LogCapture } from '../../support/process/log-capture.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

const MEBIBYTE = 1_048_576;
/** Three bytes each on the wire: few messages fill what the kernel holds between the service and a client. */
const LARGE_TEXT = '漢'.repeat(16_000);
/** Far more than the kernel holds. */
const MANY_LARGE = 600;

describe('a client that stopped reading', () => {
  let chat: TestChat;
  const logs = new LogCapture();

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({
      env: {
        ...UNLIMITED,
        SLOW_CLIENT_BUFFER_BYTES: String(MEBIBYTE),
        MESSAGE_MAX_LENGTH: '16000',
        LOG_LEVEL: 'warn',
      },
      logDestination: logs,
    });
  });
  afterAll(() => chat.stop());

  it('is cut before much piles up for it; the others miss nothing and stay', async () => {
    const { buyer, seller, sellerId, chatId } = await joinedPair(chat);
    const slow = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: sellerId }));
    slow.emit(JSON.stringify(['chat:join', { chatId }]), 1);
    await slow.answer(1);
    slow.stopReading();

    const cuts = () => logs.entries.filter(({ msg }) => String(msg).includes('its client reads too slowly'));
    for (let sent = 0; cuts().length === 0 && sent < MANY_LARGE; sent++) {
      const { id } = await buyer.get('message:send', { chatId, text: LARGE_TEXT });
      await Promise.all([buyer, seller].map((client) => client.event('message:new', (message) => message.id === id)));
    }
    await expect.poll(() => cuts().length, { timeout: 10_000 }).toBe(1);

    expect(cuts()[0]?.bytes).toBeGreaterThan(MEBIBYTE);
    const { seq: last } = await buyer.get('message:send', { chatId, text: 'the others are still here' });
    await Promise.all([buyer.barrier(), seller.barrier()]);
    for (const client of [buyer, seller]) {
      expect(client.received('message:new').map(({ seq }) => seq)).toEqual(
        Array.from({ length: last }, (_, index) => index + 1),
      );
      expect(client.socket.connected).toBe(true);
    }
    // Cut without a farewell; what it did get before is a beginning of what was sent, whole and in order.
    slow.readAgain();
    expect(await slow.closed()).toBe(1_006);
    const received = slow.received('message:new').map((message) => (message as { seq: number }).seq);
    expect(received).toEqual(received.map((_, index) => index + 1));
    expect(received.length).toBeLessThan(last);
  });
});
