import { TestChat } from '../../support/chat/test-chat.js';
import { describeGroups } from '../../support/groups/groups-suite.js';

describeGroups((env) => TestChat.start({ env }));
