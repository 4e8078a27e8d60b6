import { TestChat } from '../../support/chat/test-chat.js';
import { describeJoiningChats } from '../../support/chats/join-chat-suite.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeJoiningChats(async () => TestChat.start({ env: { ...UNLIMITED, ...(await serviceEnvironment(services)) } }));
});
