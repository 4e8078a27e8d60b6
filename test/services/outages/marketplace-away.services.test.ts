import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('while the marketplace API is away', (services) => {
  let chat: TestChat;

  beforeEach(async () => {
    chat = await TestChat.start({
      env: {
        ...(await serviceEnvironment(services)),
        AUTH_TIMEOUT_MS: '300',
      },
    });
  });
  afterEach(() => chat.stop());

  function persistent(userId: number): TestClient {
    const client = chat.dial({ token: chat.marketplace.token({ userId }) });
    client.socket.io.reconnection(true).reconnectionDelay(20).reconnectionDelayMax(100);
    return client;
  }

  it.each([
    { how: 'refuses connections', authMe: 'refuse' },
    { how: 'fails', authMe: 500 },
    { how: 'never answers', authMe: 'hang' },
  ] as const)('a client of one that $how is told why, and gets in by itself when it is back', async ({ authMe }) => {
    if (authMe === 'refuse') {
      await chat.marketplace.refuseConnections();
    } else {
      chat.marketplace.authMe = authMe;
    }

    const client = persistent(11);
    expect(await client.event('auth:error')).toMatchObject({ code: 'AUTH_SERVICE_ERROR' });
    expect(await client.disconnected()).toBe('transport close');
    expect(client.received('connection:success')).toEqual([]);

    if (authMe === 'refuse') {
      await chat.marketplace.acceptConnections();
    } else {
      chat.marketplace.release();
    }
    expect(await client.event('connection:success')).toMatchObject({ userId: 11 });
  });

  it('connections that exist go on, and tokens that were vouched for connect again', async () => {
    const token = chat.marketplace.token({ userId: 21 });
    const buyer = await chat.connect(21, { token });
    const seller = await chat.connect(22);
    await chat.marketplace.refuseConnections();

    const { id: chatId } = await buyer.get('chat:create', { buyerId: 21, sellerId: 22 });
    const sent = await buyer.get('message:send', { chatId, text: 'still here' });
    expect(await seller.event('message:notification')).toMatchObject({ message: sent });
    const secondTab = await chat.connect(21, { token });
    expect((await secondTab.get('chat:history', { chatId })).messages).toEqual([sent]);
  });

  it('a refresh fails as retryable and leaves the session as it was', async () => {
    const client = await chat.connect(31);
    await chat.marketplace.refuseConnections();

    const failure = await client.failure('auth:refresh-token', { token: chat.marketplace.token({ userId: 31 }) });

    expect(failure).toMatchObject({ code: 'AUTH_SERVICE_ERROR', retryable: true });
    await client.get('users:online', {});
  });
});
