import { TestChat } from '../../support/chat/test-chat.js';
import { describeCreatingChats } from '../../support/chats/create-chat-suite.js';

describeCreatingChats(() => TestChat.start());
