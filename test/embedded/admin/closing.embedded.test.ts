import { describeClosing } from '../../support/admin/closing-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';

describeClosing((env) => TestChat.start({ env }));
