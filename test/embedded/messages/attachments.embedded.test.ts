import { TestChat } from '../../support/chat/test-chat.js';
import { describeAttachments } from '../../support/messages/attachments-suite.js';

describeAttachments((env) => TestChat.start({ env }));
