import { decode, encode } from 'notepack.io';

/** One publish of the Socket.IO adapter: its channel and payload. */
export type Publish = [channel: string, payload: Buffer | string];

/**
 * All that one instance has to say to another in one turn of the event loop, in one Redis message. Frames of one
 * direction are numbered without gaps, so that the receiver knows when one is missing.
 */
export interface Frame {
  from: string;
  number: number;
  /** The number of the first frame since the sender met the receiver, which is not always 1. */
  first: number;
  /** Whether `add` is everything the sender wants, replacing what was known of it. */
  complete: boolean;
  /** Whether the sender is in doubt of what it knows of the receiver, and needs a complete frame. */
  again: boolean;
  /** Interests that ended and began, in this order. */
  drop: string[];
  add: string[];
  /** Set where the sender waits to hear that this frame was taken in. */
  ask: boolean;
  /** The number of the latest frame with `ask` that the sender has taken in. */
  answer: number | null;
  publishes: Publish[];
}

/** Said by every instance to all: when it comes, regularly, and when it goes. */
export interface Beat {
  from: string;
  kind: 'start' | 'alive' | 'bye';
  /** For each known peer, the number of the last frame sent to it; 0 before the first. */
  sent: Record<string, number>;
}

type FrameTuple = [string, number, number, boolean, boolean, string[], string[], boolean, number | null, Publish[]];

export function encodeFrame({
  from,
  number,
  first,
  complete,
  again,
  drop,
  add,
  ask,
  answer,
  publishes,
}: Frame): Buffer {
  return encode([from, number, first, complete, again, drop, add, ask, answer, publishes] satisfies FrameTuple);
}

export function decodeFrame(buffer: Buffer): Frame {
  const [from, number, first, complete, again, drop, add, ask, answer, publishes]: FrameTuple = decode(buffer);
  return { from, number, first, complete, again, drop, add, ask, answer, publishes };
}

export function encodeBeat({ from, kind, sent }: Beat): Buffer {
  return encode([from, kind, sent]);
}

export function decodeBeat(buffer: Buffer): Beat {
  const [from, kind, sent]: [string, Beat['kind'], Record<string, number>] = decode(buffer);
  return { from, kind, sent };
}
