import { describeSessionCut } from '../../support/auth/session-cut-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';

describeSessionCut((env) => TestChat.start({ env }));
