import { describeUserData } from '../../support/admin/user-data-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';

describeUserData((env) => TestChat.start({ env }));
