import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeInboxOfGroups } from '../../support/inbox/inbox-of-groups-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeInboxOfGroups(async () => TestChat.start({ env: { ...UNLIMITED, ...(await serviceEnvironment(services)) } }));
});
