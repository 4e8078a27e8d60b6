import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { describeInboxOfGroups } from '../../support/inbox/inbox-of-groups-suite.js';

describeInboxOfGroups(() => TestChat.start({ env: UNLIMITED }));
