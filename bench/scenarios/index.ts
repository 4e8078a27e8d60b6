import type { Scenario } from '../scenario.js';
import { cluster } from './cluster.js';
import { dialects } from './dialects.js';
import { fanOut } from './fan-out.js';
import { heartbeat } from './heartbeat.js';
import { history } from './history.js';
import { hotChat } from './hot-chat.js';
import { idle } from './idle.js';
import { inbox } from './inbox.js';
import { latency } from './latency.js';
import { offeredLoad } from './offered-load.js';
import { send } from './send.js';
import { storm } from './storm.js';
import { sync } from './sync.js';

/** Every scenario, in the order in which `npm run bench` without a name runs them. */
export const scenarios: readonly Scenario[] = [
  send,
  latency,
  offeredLoad,
  fanOut,
  hotChat,
  cluster,
  dialects,
  idle,
  storm,
  heartbeat,
  history,
  inbox,
  sync,
];
