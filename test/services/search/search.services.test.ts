import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeSearching } from '../../support/search/search-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeSearching(async (env) => TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } }));
});
