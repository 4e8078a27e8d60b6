import { describeAppendMessages } from '../../support/messages/append-messages-suite.js';
import { MessageStore } from '../../support/messages/message-store.js';

describeAppendMessages(() => MessageStore.embedded());
