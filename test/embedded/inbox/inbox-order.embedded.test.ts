import { describeInboxOrder } from '../../support/inbox/inbox-order-suite.js';
import { MessageStore } from '../../support/messages/message-store.js';

describeInboxOrder(() => MessageStore.embedded());
