import { TestChat } from '../../support/chat/test-chat.js';
import { describeReceipts } from '../../support/receipts/receipts-suite.js';

describeReceipts((env) => TestChat.start({ env }));
