import { TestChat } from '../../support/chat/test-chat.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeAttachments } from '../../support/messages/attachments-suite.js';
import { describeReactions } from '../../support/messages/reactions-suite.js';
import { describeReplies } from '../../support/messages/replies-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  const start = async (env: Record<string, string>) =>
    TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } });

  describeReplies(start);
  describeReactions(start);
  describeAttachments(start);
});
