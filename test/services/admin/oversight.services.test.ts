import { describeOversight } from '../../support/admin/oversight-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeOversight(async (env) => TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } }));
});
