import { TestChat } from '../../support/chat/test-chat.js';
import { describeReports } from '../../support/reports/reports-suite.js';

describeReports((env) => TestChat.start({ env }));
