import { TestChat } from '../../support/chat/test-chat.js';
import { describePresence } from '../../support/presence/presence-suite.js';

describePresence((env) => TestChat.start({ env }));
