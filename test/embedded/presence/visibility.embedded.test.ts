import { TestChat } from '../../support/chat/test-chat.js';
import { describeVisibility } from '../../support/presence/visibility-suite.js';

describeVisibility((env) => TestChat.start({ env }));
