import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { describeInbox } from '../../support/inbox/inbox-suite.js';

describeInbox(() => TestChat.start({ env: UNLIMITED }));
