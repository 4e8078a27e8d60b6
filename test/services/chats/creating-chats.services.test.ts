import { TestChat } from '../../support/chat/test-chat.js';
import { describeCreatingChats } from '../../support/chats/create-chat-suite.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeCreatingChats(async () => TestChat.start({ env: await serviceEnvironment(services) }));
});
