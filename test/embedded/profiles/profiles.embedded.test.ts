import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { describeProfiles } from '../../support/profiles/profiles-suite.js';

describeProfiles(() => TestChat.start({ env: UNLIMITED }));
