import { beforeAll } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { describeChatKeys } from '../../support/chats/chat-key-suite.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  let env: Record<string, string>;

  beforeAll(async () => {
    env = await serviceEnvironment(services);
  });

  describeChatKeys((CHAT_KEY) => TestChat.start({ env: { ...env, CHAT_KEY } }));
});
