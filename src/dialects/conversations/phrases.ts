import { ChatError, type CommandName } from '../../contract/index.js';
import { call, type Meaning, type Spoken } from '../dialect.js';
import { chatReference, messageNumber, messagePlace } from '../message-number.js';
import { fieldsOf, type Phrasebook } from '../phrasebook.js';
import { toAttachments } from './attachment.js';
import { failing } from './errors.js';
import { roomOf, toMessage, toUser } from './shapes.js';

type Fields = Readonly<Record<string, unknown>>;

/** What clients of this dialect say. Fields are passed on as they came: the commands judge them. */
export const phrases = {
  'conversation:join': ([sent]) => {
    const { conversationId } = fieldsOf(sent);
    return calling<'chat:join'>('conversation:join', 'chat:join', {
      // History is read over HTTP.
      payload: { chatId: chatReference(conversationId), limit: 1 },
      answered: ({ chat }, facts) => roomWords('conversation:joined', facts.chatNumber(chat.id)),
    });
  },
  'conversation:leave': ([sent]) => {
    const chatId = chatReference(fieldsOf(sent).conversationId);
    return calling<'chat:leave'>('conversation:leave', 'chat:leave', {
      payload: { chatId },
      answered: () => roomWords('conversation:left', chatId),
    });
  },
  'message:send': ([sent], speaker) => {
    const fields = fieldsOf(sent);
    const { tempId } = fields;
    // Who gives one shows the message already, and is told of it by that alone.
    const isName = typeof tempId === 'string' || typeof tempId === 'number';
    const key = isName ? { clientMessageId: speaker.keyFor(tempId) } : {};
    return calling<'message:send'>('message:send', 'message:send', {
      payload: { ...messagePayload(fields), ...key },
      answered: (message, facts) => [{ event: 'message:sent', args: [{ tempId, message: toMessage(message, facts) }] }],
      failed: ({ message, code }) => [{ event: 'message:error', args: [{ error: message, tempId, code }] }],
    });
  },
  'message:read': ([sent]) => {
    const { conversationId, messageId } = fieldsOf(sent);
    const payload = readPayload(conversationId, messageId);
    if (payload === null) {
      const error = noSuchMessage('mark as read');
      return { kind: 'say', words: failing('message:read')(error), error };
    }
    return calling<'message:read'>('message:read', 'message:read', {
      payload,
      answered: ({ chatId, lastReadSeq }, facts) => [
        {
          event: 'message:read:success',
          args: [
            {
              conversationId: facts.chatNumber(chatId),
              messageId: lastReadSeq === 0 ? null : messageNumber(facts.chatNumber(chatId), lastReadSeq),
            },
          ],
        },
      ],
    });
  },
  'typing:start': ([sent]) => typing('typing:start', fieldsOf(sent)),
  'typing:stop': ([sent]) => typing('typing:stop', fieldsOf(sent)),
  'user:check:online': ([sent]) => {
    const { userId } = fieldsOf(sent);
    return calling<'users:online'>('user:check:online', 'users:online', {
      payload: { userIds: [userId] },
      answered: ({ userIds }, facts) => {
        const seen = userIds.find((id) => String(id) === String(userId));
        // Of whom the asker may not see, nothing is told.
        const userType = seen === undefined ? null : toUser(seen, facts).userType;
        return [{ event: 'user:online:status', args: [{ userId, userType, isOnline: seen !== undefined }] }];
      },
    });
  },
  // Ours, for clients whose connection is to outlive its token.
  'auth:refresh-token': ([sent]) =>
    calling<'auth:refresh-token'>('auth:refresh-token', 'auth:refresh-token', {
      payload: { token: fieldsOf(sent).token },
      answered: () => [],
    }),
} satisfies Phrasebook;

/** What a message holds, from an event as from a request. A text with a file is sent as the file that it comes with. */
export function messagePayload(fields: Fields): Fields {
  const { conversationId, content, messageType, attachmentUrl, attachmentName, productId } = fields;
  const attachments = toAttachments({ messageType, attachmentUrl, attachmentName });
  const isPlain = attachments.length === 0;
  return {
    chatId: chatReference(conversationId),
    text: !isPlain && (content === undefined || content === null) ? '' : content,
    ...(messageType === undefined || (messageType === 'text' && !isPlain) ? {} : { type: messageType }),
    ...(isPlain ? {} : { attachments }),
    ...(productId === undefined ? {} : { productId }),
  };
}

/** Up to which message, or without one all; `null` where {@link seqIn} knows none. */
export function readPayload(conversationId: unknown, messageId: unknown): Fields | null {
  const chatId = chatReference(conversationId);
  if (messageId === undefined || messageId === null) {
    return { chatId };
  }
  const seq = seqIn(chatId, messageId);
  return seq === null ? null : { chatId, seq };
}

/**
 * A message's place in a conversation; `null` for a number that can be no message's of it. Where the conversation is not named
 * by a number, the message's own number cannot be held against it; its place in the conversation counts.
 *
 * @param chatId as {@link chatReference} gives it
 */
export function seqIn(chatId: unknown, messageId: unknown): number | null {
  const place = messagePlace(messageId);
  return place === null || (typeof chatId === 'number' && place.chatNumber !== chatId) ? null : place.seq;
}

export function noSuchMessage(operation: string): ChatError {
  return new ChatError('MESSAGE_NOT_FOUND', operation, 'the conversation has no message with this id');
}

function typing(name: 'typing:start' | 'typing:stop', { conversationId }: Fields): Meaning {
  return calling<'typing:start' | 'typing:stop'>(name, name, {
    payload: { chatId: chatReference(conversationId) },
    answered: () => [],
  });
}

type Definition<C extends CommandName> = Parameters<typeof call<C>>[0];

/** A call that fails with `error` unless it says otherwise. */
function calling<C extends CommandName>(
  event: string,
  command: C,
  definition: Omit<Definition<C>, 'command' | 'failed'> & Partial<Pick<Definition<C>, 'failed'>>,
): Meaning {
  return { kind: 'call', call: call<C>({ command, failed: failing(event), ...definition }) };
}

function roomWords(event: string, conversationId: unknown): readonly Spoken[] {
  return [{ event, args: [{ conversationId, room: roomOf(conversationId) }] }];
}
