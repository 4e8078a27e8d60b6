import { MemoryPresenceStore } from '../../../src/presence/memory-presence.store.js';
import { describePresenceStore } from '../../support/presence/presence-store-suite.js';

describePresenceStore(() => {
  let now = 1_700_000_000_000;
  const store = new MemoryPresenceStore(300, () => now);
  return {
    store,
    other: store,
    pass: async (ms) => {
      now += ms;
    },
  };
});
