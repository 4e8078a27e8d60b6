import { ChatError } from '../../contract/index.js';
import { type AnyCall, call, type Meaning, type Speaker } from '../dialect.js';
import { chatReference } from '../message-number.js';
import { fieldsOf } from '../phrasebook.js';
import { closeCodeFor, closeCodes } from './close-codes.js';
import { close, opened } from './signals.js';
import { error, failed } from './words.js';

/** What the wire tells of a client. No client can send one of these names: what it sends is a frame. */
export const heard = {
  /** The client came for a chat: its integer, also as text, or its UUID. */
  join: 'join',
  /** A frame came: its text; `null` where it was binary. */
  frame: 'frame',
} as const;

type Reading = (chatId: string, frame: Readonly<Record<string, unknown>>) => Meaning;

/** Longest text of a message in this dialect, characters. */
export const TEXT_MAX = 1_000;
/** How much of an unknown type is said back. */
const TYPE_ECHO_MAX = 100;

/** What clients say in the chat that their connection is for, by the type of the frame. */
export const frames = {
  message: (chatId, { text }) => send(chatId, text),
  typing: (chatId, { is_typing }) => silently(is_typing === true ? 'typing:start' : 'typing:stop', chatId),
  read_messages: (chatId) => silently('message:read', chatId),
} satisfies Record<string, Reading>;

export function read(event: string, [content]: readonly unknown[], speaker: Speaker): Meaning {
  return event === heard.join ? calling(join(content)) : readFrame(content, speaker);
}

function join(chat: unknown): AnyCall {
  return call<'chat:join'>({
    command: 'chat:join',
    // The dialect shows no history.
    payload: { chatId: chatReference(chat), limit: 1 },
    answered: ({ chat: { id } }, facts) => [
      opened(id, {
        type: 'connection_established',
        message: 'Successfully connected to chat',
        chat_id: facts.chatNumber(id),
      }),
    ],
    failed: ({ code, message }) => [close(null, closeCodeFor(code), message)],
  });
}

function readFrame(text: unknown, { joined }: Speaker): Meaning {
  const [chatId] = joined;
  if (chatId === undefined) {
    return { kind: 'say', words: [close(null, closeCodes.noAccess, 'you are not in this chat any more')] };
  }
  const frame = parse(text);
  if (frame === null) {
    return complaint('Invalid JSON format');
  }
  const reading = readingOf(frame.type);
  return reading === null ? complaint(`Unknown message type: ${nameOf(frame.type)}`) : reading(chatId, frame);
}

function readingOf(type: unknown): Reading | null {
  // A client may give `constructor` for a type.
  return typeof type === 'string' && Object.hasOwn(frames, type) ? frames[type as keyof typeof frames] : null;
}

function send(chatId: string, text: unknown): Meaning {
  // Counting characters is only worth it where the cheaper count of UTF-16 units does not settle it.
  if (typeof text === 'string' && text.length > TEXT_MAX && Array.from(text).length > TEXT_MAX) {
    const tooLong = `the text is longer than ${TEXT_MAX} characters; shorten it`;
    return complaint(new ChatError('MESSAGE_TOO_LONG', 'send message', tooLong).message);
  }
  return calling(
    call<'message:send'>({
      command: 'message:send',
      payload: { chatId, text: text ?? '' },
      // The sender has it as everybody has it, by its `message`.
      answered: () => [],
      failed,
    }),
  );
}

/** A command whose success shows in what the others hear. */
function silently(command: 'typing:start' | 'typing:stop' | 'message:read', chatId: string): Meaning {
  return calling(call({ command, payload: { chatId }, answered: () => [], failed }));
}

function calling(anyCall: AnyCall): Meaning {
  return { kind: 'call', call: anyCall };
}

function complaint(message: string): Meaning {
  return { kind: 'say', words: [error(message)] };
}

/** The fields of a frame; `null` where it is no JSON object. */
function parse(text: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof text !== 'string') {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? fieldsOf(value) : null;
  } catch {
    return null;
  }
}

/** What is no text is not said back: it may be nested deeper than it can be written down. */
function nameOf(type: unknown): string {
  const name = typeof type === 'string' ? type : 'none';
  return name.length > TYPE_ECHO_MAX ? `${name.slice(0, TYPE_ECHO_MAX).toWellFormed()}…` : name;
}
