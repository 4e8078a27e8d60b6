import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { describeChatSettings } from '../../support/inbox/settings-suite.js';

describeChatSettings(() => TestChat.start({ env: UNLIMITED }));
