import { MemoryTypingStore } from '../../../src/typing/memory-typing.store.js';
import { describeTypingStore } from '../../support/typing/typing-store-suite.js';

describeTypingStore(() => {
  let now = 1_700_000_000_000;
  const store = new MemoryTypingStore(10, () => now);
  return {
    store,
    other: store,
    pass: async (ms) => {
      now += ms;
    },
  };
});
