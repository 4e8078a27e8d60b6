import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('authentication over two instances', (services) => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({
      instances: 2,
      env: {
        ...(await serviceEnvironment(services)),
        RATE_LIMIT_MESSAGES: '20',
        RATE_LIMIT_WINDOW_SECONDS: '600',
      },
    });
  });
  afterAll(() => chat.stop());

  it('asks the marketplace about a token once: the other one finds the answer in Redis', async () => {
    const token = chat.marketplace.token({ userId: 11 });

    await chat.connect(11, { token });
    await chat.connect(11, { token, instance: 1 });
    await chat.connect(11, { token });

    expect(chat.marketplace.calls(token)).toBe(1);
  });

  it('refreshes a token on one that the other one has seen, without asking again', async () => {
    const token = chat.marketplace.token({ userId: 21, expiresInSeconds: 600 });
    await chat.connect(21, { token });
    const client = await chat.connect(21, { instance: 1 });

    const refreshed = await client.get('auth:refresh-token', { token });

    expect(refreshed).toMatchObject({ userId: 21 });
    expect(chat.marketplace.calls(token)).toBe(1);
  });

  it('refuses on the other one what belongs to another user', async () => {
    const token = chat.marketplace.token({ userId: 31 });
    await chat.connect(31, { token });
    const other = await chat.connect(32, { instance: 1 });

    expect(await other.failure('auth:refresh-token', { token })).toMatchObject({ code: 'TOKEN_USER_MISMATCH' });
  });

  it('a session that expires on one is refreshed there, and the new token connects to the other', async () => {
    const client = await chat.connect(41, { token: chat.marketplace.token({ userId: 41, expiresInSeconds: 2 }) });
    await client.event('auth:token-expired');
    const fresh = chat.marketplace.token({ userId: 41 });

    await client.get('auth:refresh-token', { token: fresh });
    await client.get('users:online', {});
    await chat.connect(41, { token: fresh, instance: 1 });

    expect(chat.marketplace.calls(fresh)).toBe(1);
  });

  it('one limit of messages holds for a user who sends to both', async () => {
    const tabs = [await chat.connect(51), await chat.connect(51, { instance: 1 })];
    const chatId = (await tabs[0]?.get('chat:create', { buyerId: 51, sellerId: 52 }))?.id as string;

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        tabs[index % 2]?.ask('message:send', { chatId, text: `${index}`, clientMessageId: `${index}` }),
      ),
    );

    const codes = answers.flatMap((answer) => (answer?.success === false ? [answer.error.code] : []));
    // Points are leased in twos, so that each instance may be left with one it did not spend.
    expect(answers.length - codes.length).toBeGreaterThanOrEqual(18);
    expect(answers.length - codes.length).toBeLessThanOrEqual(20);
    expect(new Set(codes)).toEqual(new Set(['RATE_LIMITED']));
  });
});
