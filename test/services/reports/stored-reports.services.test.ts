import { MessageStore } from '../../support/messages/message-store.js';
import { describeStoredReports } from '../../support/reports/stored-reports-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL,', (services) => {
  describeStoredReports(async () => MessageStore.postgres((await services.freshDatabase()).url));
});
