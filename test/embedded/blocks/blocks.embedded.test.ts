import { describeBlocks } from '../../support/blocks/blocks-suite.js';
import { TestChat } from '../../support/chat/test-chat.js';

describeBlocks((env) => TestChat.start({ env }));
