import { MessageStore } from '../../support/messages/message-store.js';
import { describeSearchIndex } from '../../support/search/search-index-suite.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL,', (services) => {
  describeSearchIndex(async () => MessageStore.postgres((await services.freshDatabase()).url));
});
