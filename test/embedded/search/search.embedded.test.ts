import { TestChat } from '../../support/chat/test-chat.js';
import { describeSearching } from '../../support/search/search-suite.js';

describeSearching((env) => TestChat.start({ env }));
