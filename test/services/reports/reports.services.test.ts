import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeReports } from '../../support/reports/reports-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeReports(async (env) => TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } }));
});
