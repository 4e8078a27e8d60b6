/** Who types now. Every sign lapses by itself: the service announces the end, but an announcement may be lost. */
export class TypingSigns {
  #timers = new Map();
  #onLapse;

  constructor(onLapse) {
    this.#onLapse = onLapse;
  }

  get userIds() {
    return [...this.#timers.keys()];
  }

  show(userId, expiresInMs) {
    clearTimeout(this.#timers.get(userId));
    const lapse = () => {
      this.hide(userId);
      this.#onLapse();
    };
    this.#timers.set(userId, setTimeout(lapse, expiresInMs));
  }

  hide(userId) {
    clearTimeout(this.#timers.get(userId));
    this.#timers.delete(userId);
  }

  clear() {
    for (const userId of this.userIds) {
      this.hide(userId);
    }
  }
}
