import { TestChat } from '../../support/chat/test-chat.js';
import { describeDelivery } from '../../support/messages/delivery-suite.js';

describeDelivery((env) => TestChat.start({ env }));
