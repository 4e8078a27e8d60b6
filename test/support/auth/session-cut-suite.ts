import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SessionCut } from '../../../src/socket/session-cut.js';
import type { TestChat } from '../chat/test-chat.js';
import { joinedPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { watchSessionCuts } from './session-cut-controls.js';

/** What it means to be cut off, on any stores. */
export function describeSessionCut(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a user who is cut off', () => {
    let chat: TestChat;
    let cutter: (instance?: number) => SessionCut;

    beforeAll(async () => {
      cutter = watchSessionCuts();
      chat = await start(UNLIMITED);
    });
    afterEach(() => {
      chat.marketplace.release();
    });
    afterAll(() => chat.stop());

    const cut = (userId: number): Promise<void> => cutter().cut(String(userId));

    it('is told why on all of his sockets, and they are closed; others stay', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const phone = await chat.connect(buyerId);

      await cut(buyerId);

      for (const socket of [buyer, phone]) {
        expect(await socket.event('auth:error')).toEqual({
          code: 'TOKEN_INVALID',
          error: expect.stringMatching(/^unable to stay connected; /),
        });
        expect(await socket.disconnected()).toBe('io server disconnect');
      }
      await seller.get('message:send', { chatId, text: 'are you there?' });
      await seller.barrier();
      expect(seller.received('auth:error')).toEqual([]);
    });

    it('receives nothing that is sent from then on', async () => {
      const { buyer, buyerId, seller, chatId } = await joinedPair(chat);
      const unjoined = await chat.connect(buyerId);

      await cut(buyerId);
      await seller.get('message:send', { chatId, text: 'not for you' });

      await Promise.all([buyer.disconnected(), unjoined.disconnected()]);
      expect([...buyer.received('message:new'), ...unjoined.received('message:notification')]).toEqual([]);
    });

    it('is checked by the marketplace again with a token that was cached, and refused when it says so', async () => {
      const userId = newUserId();
      const tokens = [chat.marketplace.token({ userId }), chat.marketplace.token({ userId })];
      for (const token of tokens) {
        await chat.connect(userId, { token });
      }

      await cut(userId);
      chat.marketplace.authMe = 401;

      for (const token of tokens) {
        expect(await chat.dial({ token }).event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
        expect(chat.marketplace.calls(token)).toBe(2);
      }
    });

    it('is let in again, and stays, when the marketplace still vouches for him', async () => {
      const userId = newUserId();
      const token = chat.marketplace.token({ userId });
      await chat.connect(userId, { token });
      await cut(userId);

      const again = await chat.connect(userId, { token });
      await chat.connect(userId, { token });

      // Another cut is one more round through everything that could still be under way from the first.
      await cut(newUserId());
      await again.barrier();
      expect(again.socket.connected).toBe(true);
      expect(chat.marketplace.calls(token)).toBe(2);
    });

    it('is refused when the marketplace was asked before the cut and answers after it', async () => {
      const userId = newUserId();
      const token = chat.marketplace.token({ userId });
      chat.marketplace.authMe = 'hang';
      const connecting = chat.dial({ token });
      await expect.poll(() => chat.marketplace.waiting).toBe(1);

      await cut(userId);
      chat.marketplace.release();

      expect(await connecting.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
      await connecting.disconnected();
      expect(connecting.received('connection:success')).toEqual([]);
      chat.marketplace.authMe = 401;
      expect(await chat.dial({ token }).event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
      expect(chat.marketplace.calls(token)).toBe(2);
    });

    it('may be nobody who is connected, or known at all', async () => {
      await expect(cut(newUserId())).resolves.toBeUndefined();
    });
  });
}
