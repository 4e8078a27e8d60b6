import { TestChat } from '../../support/chat/test-chat.js';
import { describeReactions } from '../../support/messages/reactions-suite.js';

describeReactions((env) => TestChat.start({ env }));
