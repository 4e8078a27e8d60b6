import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';
import { describeTyping } from '../../support/typing/typing-suite.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeTyping(async (env) => TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } }));
});
