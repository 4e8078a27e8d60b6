import { TestChat } from '../../support/chat/test-chat.js';
import { describeJoiningChats } from '../../support/chats/join-chat-suite.js';
import { UNLIMITED } from '../../support/chats/participants.js';

describeJoiningChats(() => TestChat.start({ env: UNLIMITED }));
