import { TestChat } from '../../support/chat/test-chat.js';
import { describeReplies } from '../../support/messages/replies-suite.js';

describeReplies((env) => TestChat.start({ env }));
