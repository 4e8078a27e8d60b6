import type { SoleClaim } from '../delivery/delivery.js';

/** What can be told to give way. */
export interface Replaceable {
  readonly id: string;
  giveWay(): void;
}

interface Holder {
  claim: SoleClaim;
  connection: Replaceable;
}

/**
 * One connection per user and chat, over all instances: the newest. Each instance tells the others what it opens, and closes what
 * somebody else has opened later.
 *
 * Later is a matter of numbers that grow with every claim seen, and with time: of two claims one of which was heard before the other was
 * made, the second wins whatever the clocks of their instances show. Claims made at once on two instances are ranked alike on both. While
 * instances cannot hear each other, each has its own; {@link repeat} settles it afterwards.
 */
export class SoleConnections {
  private readonly holders = new Map<string, Holder>();
  private lastNumber = 0;

  /** @param tell says claims to the other instances */
  constructor(
    private readonly tell: (claims: readonly SoleClaim[]) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** A connection was opened here: whatever is open for the same key gives way. */
  hold(key: string, connection: Replaceable): void {
    this.lastNumber = Math.max(this.lastNumber + 1, this.now());
    const claim = { key, number: this.lastNumber, id: connection.id };
    const before = this.holders.get(key);
    this.holders.set(key, { claim, connection });
    before?.connection.giveWay();
    this.tell([claim]);
  }

  /** A connection is closed. */
  release(key: string, connection: Replaceable): void {
    if (this.holders.get(key)?.connection === connection) {
      this.holders.delete(key);
    }
  }

  /** What another instance has told. */
  hear(claims: readonly SoleClaim[]): void {
    const unheard: SoleClaim[] = [];
    for (const claim of claims) {
      this.lastNumber = Math.max(this.lastNumber, claim.number);
      const holder = this.holders.get(claim.key);
      if (holder === undefined) {
        continue;
      }
      if (isLater(claim, holder.claim)) {
        this.holders.delete(claim.key);
        holder.connection.giveWay();
      } else {
        // The other one was opened without knowing of this one; one of the two has to give way.
        unheard.push(holder.claim);
      }
    }
    if (unheard.length > 0) {
      this.tell(unheard);
    }
  }

  /** Says everything again: claims may have been lost on the way, here or there. */
  repeat(): void {
    if (this.holders.size > 0) {
      this.tell([...this.holders.values()].map(({ claim }) => claim));
    }
  }
}

function isLater(one: SoleClaim, other: SoleClaim): boolean {
  return one.number === other.number ? one.id > other.id : one.number > other.number;
}
