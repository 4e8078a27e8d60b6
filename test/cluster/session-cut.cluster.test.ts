import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ClusterLink } from '../../src/cluster/cluster-link.js';
import type { SessionCut } from '../../src/socket/session-cut.js';
import { CUT_SCRIPT, cutThroughRedis } from '../support/auth/cut-through-redis.js';
import { watchSessionCuts } from '../support/auth/session-cut-controls.js';
import { TestChat } from '../support/chat/test-chat.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('cutting a user off over two instances', (services) => {
  let chat: TestChat;
  let cutter: (instance?: number) => SessionCut;
  let redis: Redis;

  beforeAll(async () => {
    cutter = watchSessionCuts();
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        RATE_LIMIT_MESSAGES: '10000',
      },
    });
    redis = new Redis(services.redisUrl());
  });
  afterEach(() => {
    chat.marketplace.release();
  });
  afterAll(async () => {
    await redis.quit();
    await chat.stop();
  });

  it('closes his sockets on both before it is done, whichever one is asked', async () => {
    for (const [asked, userId] of [
      [0, 11],
      [1, 12],
    ] as const) {
      const sockets = [await chat.connect(userId), await chat.connect(userId, { instance: 1 })];
      const peer = await chat.connect(20 + userId, { instance: 1 - asked });
      const { id: chatId } = await peer.get('chat:create', { buyerId: userId, sellerId: 20 + userId });
      await Promise.all(sockets.map((socket) => socket.get('chat:join', { chatId })));

      await cutter(asked).cut(String(userId));
      await peer.get('message:send', { chatId, text: 'not for who was cut off' });

      for (const socket of sockets) {
        expect(await socket.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
        expect(await socket.disconnected()).toBe('io server disconnect');
        expect(socket.received('message:new')).toEqual([]);
      }
    }
  });

  it('has his tokens checked anew on both: what one has cached counts on neither', async () => {
    const token = chat.marketplace.token({ userId: 31 });
    await chat.connect(31, { token });
    await cutter().cut('31');
    chat.marketplace.authMe = 401;

    for (const instance of [0, 1]) {
      expect(await chat.dial({ token, instance }).event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
    }
    chat.marketplace.authMe = 'user';
    await chat.connect(31, { token, instance: 1 });
    expect(chat.marketplace.calls(token)).toBe(4);
  });

  it('refuses on the other one an answer of the marketplace that was under way', async () => {
    const token = chat.marketplace.token({ userId: 41 });
    chat.marketplace.authMe = 'hang';
    const connecting = chat.dial({ token, instance: 1 });
    await expect.poll(() => chat.marketplace.waiting).toBe(1);

    await cutter(0).cut('41');
    chat.marketplace.release();

    expect(await connecting.event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(connecting.received('connection:success')).toEqual([]);
  });

  it('closes them although what the instances say to each other is lost', async () => {
    const sockets = [await chat.connect(51), await chat.connect(51, { instance: 1 })];
    const lost = vi.spyOn(ClusterLink.prototype, 'concerned').mockReturnValue([]);
    const unsaid = vi
      .spyOn(ClusterLink.prototype, 'peerCount', 'get')
      // As where the other one is taken for dead: nobody is there to be told, or to answer.
      .mockReturnValue(0);
    try {
      await cutter().cut('51');
      expect(await Promise.all(sockets.map((socket) => socket.disconnected()))).toHaveLength(2);
    } finally {
      lost.mockRestore();
      unsaid.mockRestore();
    }
  });

  it('is open to whoever can write to Redis, in the words of the manual', async () => {
    const manual = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    expect(manual).toContain(CUT_SCRIPT);
    const token = chat.marketplace.token({ userId: 61 });
    const sockets = [await chat.connect(61, { token }), await chat.connect(61, { token, instance: 1 })];

    await cutThroughRedis(redis, 61);
    await Promise.all(sockets.map((socket) => socket.event('auth:error')));
    chat.marketplace.authMe = 401;

    expect(await chat.dial({ token }).event('auth:error')).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('leaves no socket open of a user who connects again and again meanwhile', async () => {
    const token = chat.marketplace.token({ userId: 71 });
    const dialled = Array.from({ length: 20 }, (_, index) => chat.dial({ token, instance: index % 2 }));
    await dialled[0]?.event('connection:success');
    chat.marketplace.authMe = 401;
    await cutter().cut('71');

    expect(await Promise.all(dialled.map((socket) => socket.disconnected()))).toHaveLength(20);
  });
});
