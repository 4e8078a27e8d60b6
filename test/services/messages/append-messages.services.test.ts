import { describeAppendMessages } from '../../support/messages/append-messages-suite.js';
import { MessageStore } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL,', (services) => {
  describeAppendMessages(async () => MessageStore.postgres((await services.freshDatabase()).url));
});
