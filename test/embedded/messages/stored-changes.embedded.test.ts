import { MessageStore } from '../../support/messages/message-store.js';
import { describeStoredChanges } from '../../support/messages/stored-changes-suite.js';

describeStoredChanges(() => MessageStore.embedded());
