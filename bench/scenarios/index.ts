import type { Scenario } from '../scenario.js';
import { idle } from './idle.js';
import { send } from './send.js';

/** Every scenario, in the order in which `npm run bench` without a name runs them. */
export const scenarios: readonly Scenario[] = [send, idle];
