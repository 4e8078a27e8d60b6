import { MessageStore } from '../../support/messages/message-store.js';
import { describeStoredReports } from '../../support/reports/stored-reports-suite.js';

describeStoredReports(() => MessageStore.embedded());
