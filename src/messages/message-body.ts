import { admitAttachments } from '../attachments/attachment-policy.js';
import type { AttachmentConfig } from '../config/config.js';
import { ChatError, type CommandPayload, type MessageType } from '../contract/index.js';
import type { MessageDraft } from './message.js';

export interface BodyRules {
  /** Longest text, characters. */
  maxLength: number;
  attachments: AttachmentConfig;
}

type Body = Pick<MessageDraft, 'type' | 'text' | 'attachments'>;
type Sent = Pick<CommandPayload<'message:send'>, 'type' | 'text' | 'attachments'>;

/**
 * What a message says, held to what may be said.
 *
 * @throws ChatError `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`, `ATTACHMENT_REFUSED`, `VALIDATION_FAILED` for attachments that do
 * not fit the type
 */
export function admitBody({ type, text, attachments }: Sent, rules: BodyRules, operation: string): Body {
  checkLength(text, rules.maxLength, operation);
  if (!attachments?.length) {
    if (type === 'image' || type === 'file') {
      throw misfit(operation, 'attachments', `is empty, which a message of type ${type} cannot be`);
    }
    demandText('text', text, operation);
    return { type: 'text', text, attachments: null };
  }
  const areImages = attachments.every(({ mimeType }) => mimeType.startsWith('image/'));
  if (type === 'text') {
    throw misfit(operation, 'type', 'is text, which has no attachments; send image or file');
  }
  if (type === 'image' && !areImages) {
    throw misfit(operation, 'type', 'is image, which holds images only; send file');
  }
  return {
    type: type ?? (areImages ? 'image' : 'file'),
    text,
    attachments: admitAttachments(attachments, rules.attachments, operation),
  };
}

/** @throws ChatError `MESSAGE_TOO_LONG` */
export function checkLength(text: string, maxLength: number, operation: string): void {
  // Counting characters is only worth it where the cheaper count of UTF-16 units does not settle it.
  if (text.length > maxLength && Array.from(text).length > maxLength) {
    throw new ChatError('MESSAGE_TOO_LONG', operation, `the text is longer than ${maxLength} characters; shorten it`, {
      details: { maxLength },
    });
  }
}

/**
 * Images and files speak for themselves; all other messages have to say something.
 *
 * @throws ChatError `MESSAGE_EMPTY`
 */
export function demandText(type: MessageType, text: string, operation: string): void {
  if (type !== 'image' && type !== 'file' && text.trim() === '') {
    throw new ChatError('MESSAGE_EMPTY', operation, 'the text is empty; write something');
  }
}

function misfit(operation: string, path: string, message: string): ChatError {
  return new ChatError('VALIDATION_FAILED', operation, `${path}: ${message}`, { details: [{ path, message }] });
}
