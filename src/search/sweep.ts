const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** One round through all chats in the order of their ids: from some place to the end, then from the beginning to there. */
export class Sweep {
  private wrapped = false;
  private after: string;

  /** @param start any UUID */
  constructor(private readonly start: string) {
    this.after = start;
  }

  /** The next chats to look at are those after this id. */
  get afterId(): string {
    return this.after;
  }

  /**
   * @param lastId the last chat that was looked at; `null` when there was none left in the order of ids
   * @returns whether the round goes on
   */
  advance(lastId: string | null): boolean {
    if (lastId !== null) {
      this.after = lastId;
      return !this.wrapped || lastId < this.start;
    }
    if (this.wrapped) {
      return false;
    }
    this.wrapped = true;
    this.after = BEFORE_ALL;
    return true;
  }
}
