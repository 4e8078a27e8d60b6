import { MessageStore } from '../../support/messages/message-store.js';
import { describeSearchIndex } from '../../support/search/search-index-suite.js';

describeSearchIndex(() => MessageStore.embedded());
