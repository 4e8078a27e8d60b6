import { describeInboxOrder } from '../../support/inbox/inbox-order-suite.js';
import { MessageStore } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL,', (services) => {
  describeInboxOrder(async () => MessageStore.postgres((await services.freshDatabase()).url));
});
