import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../support/chat/test-chat.js';
import { describeWithServices } from '../support/services/test-services.js';

describeWithServices('two deployments that share a Redis under different REDIS_CHANNEL_PREFIX', (services) => {
  let blue: TestChat;
  let green: TestChat;

  beforeAll(async () => {
    // One database for both, so that nothing but the prefix keeps them from hearing each other.
    const { url } = await services.freshDatabase();
    const start = (colour: string) =>
      TestChat.start({
        instances: 2,
        env: {
          DATABASE_URL: url,
          REDIS_URL: services.redisUrl(),
          REDIS_CHANNEL_PREFIX: `${services.channelPrefix()}:${colour}`,
        },
      });
    blue = await start('blue');
    green = await start('green');
  });
  afterAll(() => Promise.all([blue.stop(), green.stop()]));

  it('do not hear each other, while each hears its own other instance', async () => {
    const blueBuyer = await blue.connect(1);
    const blueSeller = await blue.connect(2, { instance: 1 });
    const greenBuyer = await green.connect(1);
    const greenSeller = await green.connect(2, { instance: 1 });
    const { id: chatId } = await blueBuyer.get('chat:create', { buyerId: 1, sellerId: 2 });
    await blueSeller.get('chat:join', { chatId });
    await greenSeller.get('chat:join', { chatId });

    const inBlue = await blueBuyer.get('message:send', { chatId, text: 'in blue' });
    // Redis has passed the blue message on by now; a green instance that heard it would have it before its own.
    expect(await blueSeller.event('message:new')).toEqual(inBlue);
    const inGreen = await greenBuyer.get('message:send', { chatId, text: 'in green' });
    expect(await greenSeller.event('message:new')).toEqual(inGreen);

    expect(greenSeller.received('message:new')).toEqual([inGreen]);
    expect(greenSeller.received('chat:created')).toEqual([]);
    expect(blueSeller.received('message:new')).toEqual([inBlue]);
  });
});
