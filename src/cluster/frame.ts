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

/** `null` for what no instance of this version says: bytes of others, or cut off. */
export function decodeFrame(buffer: Buffer): Frame | null {
  const tuple = decodeSafely(buffer);
  if (!isFrameTuple(tuple)) {
    return null;
  }
  const [from, number, first, complete, again, drop, add, ask, answer, publishes] = tuple;
  return { from, number, first, complete, again, drop, add, ask, answer, publishes };
}

export function encodeBeat({ from, kind, sent }: Beat): Buffer {
  return encode([from, kind, sent]);
}

/** `null` for what no instance of this version says. */
export function decodeBeat(buffer: Buffer): Beat | null {
  const tuple = decodeSafely(buffer);
  if (!isBeatTuple(tuple)) {
    return null;
  }
  const [from, kind, sent] = tuple;
  return { from, kind, sent };
}

function decodeSafely(buffer: Buffer): unknown {
  try {
    return decode(buffer);
  } catch {
    return null;
  }
}

function isFrameTuple(value: unknown): value is FrameTuple {
  if (!Array.isArray(value) || value.length !== 10) {
    return false;
  }
  const [from, number, first, complete, again, drop, add, ask, answer, publishes]: unknown[] = value;
  return (
    typeof from === 'string' &&
    Number.isSafeInteger(number) &&
    Number.isSafeInteger(first) &&
    typeof complete === 'boolean' &&
    typeof again === 'boolean' &&
    isTexts(drop) &&
    isTexts(add) &&
    typeof ask === 'boolean' &&
    (answer === null || Number.isSafeInteger(answer)) &&
    Array.isArray(publishes) &&
    publishes.every(isPublish)
  );
}

function isBeatTuple(value: unknown): value is [string, Beat['kind'], Record<string, number>] {
  if (!Array.isArray(value) || value.length !== 3) {
    return false;
  }
  const [from, kind, sent]: unknown[] = value;
  return (
    typeof from === 'string' &&
    (kind === 'start' || kind === 'alive' || kind === 'bye') &&
    typeof sent === 'object' &&
    sent !== null &&
    !Array.isArray(sent) &&
    Object.values(sent).every(Number.isSafeInteger)
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isPublish(value: unknown): value is Publish {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    (typeof value[1] === 'string' || Buffer.isBuffer(value[1]))
  );
}
