import { describeUserData } from '../../support/admin/user-data-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeUserData(async (env) => TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } }));
});
