import { TestChat } from '../../support/chat/test-chat.js';
import { describeLeavingGroups } from '../../support/groups/leaving-groups-suite.js';

describeLeavingGroups((env) => TestChat.start({ env }));
