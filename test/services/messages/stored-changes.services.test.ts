import { MessageStore } from '../../support/messages/message-store.js';
import { describeStoredChanges } from '../../support/messages/stored-changes-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL,', (services) => {
  describeStoredChanges(async () => MessageStore.postgres((await services.freshDatabase()).url));
});
