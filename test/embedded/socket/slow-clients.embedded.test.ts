import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HISTORY_PAGE_MAX } from '../../../src/contract/limits.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, UNLIMITED } from '../../support/chats/participants.js';
import { watchServerSockets } from '../../support/chats/server-sockets.js';
import { LogCapture } from '../../support/process/log-capture.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';
import { RawPollingClient } from '../../support/socket/raw-polling-client.js';

const MEBIBYTE = 1_048_576;
/** Three bytes each on the wire: few messages fill what the kernel holds between the service and a client. */
const LARGE_TEXT = '漢'.repeat(16_000);
/** Far more than the kernel holds. */
const MANY_LARGE = 600;

describe('a client that stopped reading', () => {
  let chat: TestChat;
  const logs = new LogCapture();
  const server = watchServerSockets();
  const cutsOf = (socketId: string) =>
    logs.entries.filter((entry) => entry.socketId === socketId && String(entry.msg).includes('reads too slowly'));
  const expectCut = (socketId: string): Promise<void> =>
    expect.poll(() => cutsOf(socketId).length, { timeout: 10_000 }).toBe(1);

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

    const socketId = await slow.socketId();
    for (let sent = 0; cutsOf(socketId).length === 0 && sent < MANY_LARGE; sent++) {
      const { id } = await buyer.get('message:send', { chatId, text: LARGE_TEXT });
      await Promise.all([buyer, seller].map((client) => client.event('message:new', (message) => message.id === id)));
    }
    await expectCut(socketId);

    expect(cutsOf(socketId)[0]?.bytes).toBeGreaterThan(MEBIBYTE);
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

  describe('and asks for large answers', () => {
    let token: string;
    let chatId: string;

    beforeAll(async () => {
      const { buyer, sellerId, chatId: id } = await connectPair(chat);
      chatId = id;
      token = chat.marketplace.token({ userId: sellerId });
      // Few at once: who sends them must not become a slow reader himself.
      for (let sent = 0; sent < HISTORY_PAGE_MAX; sent += 5) {
        await Promise.all(Array.from({ length: 5 }, () => buyer.get('message:send', { chatId, text: LARGE_TEXT })));
      }
    });

    const askFor = (limit: number): string => JSON.stringify(['chat:history', { chatId, limit }]);
    /** Longer in bytes than may wait, by far, and shorter in characters. */
    const LARGE_PAGE = 40;

    it('is cut, however few the answers are that wait for it', async () => {
      const slow = await RawClient.connect({ url: chat.url() }, token);
      const prompt = await RawClient.connect({ url: chat.url() }, token);
      const socketId = await slow.socketId();
      slow.stopReading();
      for (let asked = 1; server.packetsWaitingFor(socketId) === 0 && asked < MANY_LARGE; asked++) {
        slow.emit(askFor(1), asked);
        prompt.emit(askFor(1), asked);
        await prompt.answer(asked);
      }
      expect(server.packetsWaitingFor(socketId)).toBeGreaterThan(0);

      slow.emit(askFor(LARGE_PAGE), 10_001);
      slow.emit(askFor(LARGE_PAGE), 10_002);

      await expectCut(socketId);
      prompt.close();
      slow.close();
    });

    it('is cut where it polls and does not come for a single answer', async () => {
      const slow = await RawPollingClient.connect(chat.url(), token);
      await slow.emit(askFor(LARGE_PAGE), 1);

      await expectCut(slow.socketId);
      expect(await slow.statusOfPost()).toBe(400);
    });

    it('is cut where it polls and comes for an answer that it does not read', async () => {
      const slow = await RawPollingClient.connect(chat.url(), token);
      const polled = slow.pollUnread();
      await slow.emit(askFor(HISTORY_PAGE_MAX), 1);
      const unread = await polled;
      const ended = new Promise((resolve) => unread.once('close', resolve));

      await expectCut(slow.socketId);
      expect(await slow.statusOfPost()).toBe(400);
      unread.resume();
      await ended;
      expect(unread.complete).toBe(false);
    });
  });
});
