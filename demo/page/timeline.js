/**
 * The messages of one chat as a client should hold them: every message once, in the order of its `seq`, whichever way
 * and however often it arrived; the own messages that are still under way come last.
 */
export class Timeline {
  #bySeq = new Map();
  #pending = new Map();

  /** Takes messages from an ack, an event or a page of history alike. */
  add(messages) {
    for (const message of messages) {
      const known = this.#bySeq.get(message.seq);
      if (known === undefined || known.rev < message.rev) {
        this.#bySeq.set(message.seq, message);
      }
      // The key is the sender's own: somebody else's message may carry the same one.
      if (this.#pending.get(message.clientMessageId)?.senderId === message.senderId) {
        this.#pending.delete(message.clientMessageId);
      }
    }
  }

  /** Shows an own message before the service has answered. */
  addPending(draft) {
    this.#pending.set(draft.clientMessageId, { ...draft, state: 'sending' });
  }

  /** Does nothing for a message that has arrived meanwhile. */
  markPending(clientMessageId, state, reason = '') {
    const draft = this.#pending.get(clientMessageId);
    if (draft !== undefined) {
      this.#pending.set(clientMessageId, { ...draft, state, reason });
    }
  }

  pending(clientMessageId) {
    return this.#pending.get(clientMessageId);
  }

  get firstSeq() {
    return Math.min(...this.#bySeq.keys());
  }

  /** The `seq` before the first hole behind the oldest known message: everything after it has to be asked for. */
  get heldUpTo() {
    if (this.#bySeq.size === 0) {
      return 0;
    }
    let seq = this.firstSeq;
    while (this.#bySeq.has(seq + 1)) {
      seq += 1;
    }
    return seq;
  }

  /** Whether a message is missing between two that are known: a live event was lost. */
  get hasHole() {
    return this.#bySeq.size > 0 && this.heldUpTo < Math.max(...this.#bySeq.keys());
  }

  /** @returns stored messages by seq, then the pending ones as they were written */
  items() {
    const stored = [...this.#bySeq.values()].sort((one, other) => one.seq - other.seq);
    return [...stored, ...this.#pending.values()];
  }
}
