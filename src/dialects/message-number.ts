/** Messages that a chat has room for in its numbers: 16.7 million. */
const SEQ_SPAN = 2 ** 24;
/**
 * Spans left empty below the first chat's: 2^42, which the clock in milliseconds reaches in 2109. Clients show a message of their own
 * under `Date.now()` until it is sent, some of them for good, and take it for read where that is not above the number of a read mark.
 */
const EMPTY_SPANS = 2 ** 18;
/** Chats that there is room for, so that the numbers of their messages stay exact in JavaScript: 537 million. */
const CHAT_NUMBERS = 2 ** 29 - EMPTY_SPANS;

export interface MessagePlace {
  chatNumber: number;
  seq: number;
}

/**
 * A message's integer, for clients that know messages by numbers: unique over all chats, growing within a chat, and above every
 * time in milliseconds. It is made of what a message has anyway, so no message carries a column for it.
 *
 * @throws RangeError beyond what a JavaScript number holds exactly
 */
export function messageNumber(chatNumber: number, seq: number): number {
  if (chatNumber >= CHAT_NUMBERS || seq >= SEQ_SPAN) {
    throw new RangeError('unable to number the message; the chat or its seq is beyond what a number can hold');
  }
  return (chatNumber + EMPTY_SPANS) * SEQ_SPAN + seq;
}

/** The place that a client's number names; `null` for what can be no message's. */
export function messagePlace(number: unknown): MessagePlace | null {
  const value = toInteger(number);
  if (value === null) {
    return null;
  }
  const chatNumber = Math.floor(value / SEQ_SPAN) - EMPTY_SPANS;
  const seq = value % SEQ_SPAN;
  return chatNumber < 1 || seq === 0 ? null : { chatNumber, seq };
}

/**
 * A chat as a client of a numbered dialect names it: the integer, also where it comes as text, such as out of an address.
 * Everything else stays as it is, for the command to refuse, or to take where it is a chat's UUID.
 */
export function chatReference(value: unknown): unknown {
  return toInteger(value) ?? value;
}

function toInteger(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
