import { describeOversight } from '../../support/admin/oversight-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';

describeOversight((env) => TestChat.start({ env }));
