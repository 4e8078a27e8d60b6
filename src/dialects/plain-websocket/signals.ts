import type { Spoken } from '../dialect.js';

/**
 * What the map tells the wire. A frame of this dialect has no name, so the name of what is said tells the wire what to do. No
 * client sees these names.
 */
export const signals = {
  /** Takes an object: send it. */
  frame: 'frame',
  /** Takes the chat that the connection is for, by its canonical id, and an object: send it before all others. */
  opened: 'opened',
  /** Takes a chat or `null`, a code and a reason: close the connection so, unless it is for another chat. */
  close: 'close',
  /** Takes a time in milliseconds, a code and a reason: close the connection so, at a random moment within that time. */
  closeWithin: 'closeWithin',
  /** Takes a code and a reason: close the connection so when the service closes it. */
  farewell: 'farewell',
} as const;

export function frame(content: object): Spoken {
  return { event: signals.frame, args: [content] };
}

export function opened(chatId: string, content: object): Spoken {
  return { event: signals.opened, args: [chatId, content] };
}

export function close(chatId: string | null, code: number, reason: string): Spoken {
  return { event: signals.close, args: [chatId, code, reason] };
}

export function closeWithin(spreadMs: number, code: number, reason: string): Spoken {
  return { event: signals.closeWithin, args: [spreadMs, code, reason] };
}

export function farewell(code: number, reason: string): Spoken {
  return { event: signals.farewell, args: [code, reason] };
}
