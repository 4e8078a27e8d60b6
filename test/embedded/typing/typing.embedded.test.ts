import { TestChat } from '../../support/chat/test-chat.js';
import { describeTyping } from '../../support/typing/typing-suite.js';

describeTyping((env) => TestChat.start({ env }));
